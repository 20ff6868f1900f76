/* Arrow keys move between the links of a table with data-grid; Home and End to the ends of a row. */
import { fresh } from "./page.js";

function move(table, event) {
  const link = event.target.closest("td a");
  if (!link || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rows = [...table.rows].map((row) => [...row.querySelectorAll("td a")]).filter((links) => links.length);
  const down = rows.findIndex((links) => links.includes(link));
  const across = rows[down].indexOf(link);
  const next = {
    ArrowUp: () => rows[down - 1]?.[across],
    ArrowDown: () => rows[down + 1]?.[across],
    ArrowLeft: () => rows[down][across - 1],
    ArrowRight: () => rows[down][across + 1],
    Home: () => rows[down][0],
    End: () => rows[down].at(-1),
  }[event.key];
  if (!next) return;
  event.preventDefault();
  next()?.focus();
}

export function bind(root) {
  for (const table of fresh(root, "[data-grid]", "Grid")) {
    table.addEventListener("keydown", (event) => move(table, event));
  }
}
