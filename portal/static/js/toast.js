/* Toasts go after a while, unless they are errors or somebody is at them. */
import { fresh, once } from "./page.js";

const SHOWN_FOR = 7000;

function leaveLater(toast) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), SHOWN_FOR); };
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

export function bind(root) {
  for (const toast of fresh(root, "[data-toast]", "Toast")) {
    toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
    if (toast.dataset.tone !== "danger") leaveLater(toast);
  }
  once(root, () => {
    document.addEventListener("toast:added", (event) => bind(event.target));
  });
}
