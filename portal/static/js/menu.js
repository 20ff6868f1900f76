/* A details menu: closes on Escape, on a click elsewhere and after a choice; arrows move within. */
import { fresh, once } from "./page.js";

function items(menu) {
  return [...menu.querySelectorAll(".menu-item")];
}

function onKey(menu, event) {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    menu.open = true;
    const all = items(menu);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const here = all.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : (here + step + all.length) % all.length;
    all[next]?.focus();
  }
}

export function bind(root) {
  for (const menu of fresh(root, "[data-menu]", "Menu")) {
    menu.addEventListener("keydown", (event) => onKey(menu, event));
    menu.addEventListener("click", (event) => {
      if (event.target.closest(".menu-item")) menu.open = false;
    });
  }
  once(root, () => {
    document.addEventListener("pointerdown", (event) => {
      for (const menu of document.querySelectorAll("[data-menu][open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  });
}
