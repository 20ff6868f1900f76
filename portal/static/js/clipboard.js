/* data-copy="id" copies the value of that input and says so on the button. */
import { fresh } from "./page.js";

const SAID_FOR = 2500;

export function bind(root) {
  for (const button of fresh(root, "[data-copy]", "Copy")) {
    const words = button.querySelector("span") ?? button;
    const before = words.textContent;
    button.addEventListener("click", async () => {
      const input = document.getElementById(button.dataset.copy);
      input.select();
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        return; // no right to the clipboard: the text stays selected for Ctrl+C
      }
      words.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = before; }, SAID_FOR);
    });
  }
}
