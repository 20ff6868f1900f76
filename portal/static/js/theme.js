/* Light, dark or as the device has it: a cookie, so that the server draws the right one from the start. */
import { fresh } from "./page.js";

const YEAR = 60 * 60 * 24 * 365;

function current() {
  return document.documentElement.dataset.theme ?? "auto";
}

function choose(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${theme === "auto" ? 0 : YEAR}; samesite=lax${secure}`;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
  }
}

export function bind(root) {
  for (const menu of fresh(root, "[data-theme-menu]", "Theme")) menu.hidden = false;
  for (const button of fresh(root, "[data-theme-set]", "Theme")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === current()));
    button.addEventListener("click", () => choose(button.dataset.themeSet));
  }
}
