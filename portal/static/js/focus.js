/* After a refused form the focus goes to the summary of errors, or to the first field that has one. */
import { fresh } from "./page.js";

export function bind(root) {
  const [summary] = fresh(root, "[data-focus]", "Focus");
  const first = summary ?? root.querySelector("main [aria-invalid='true']");
  first?.focus();
}
