/* Single keys: data-key="r" on a link, button or field; j and k in lists; ? lists them all. They can be switched off. */
import { fresh, once } from "./page.js";

const OFF = "keys-off";

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function visible(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function press(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (!element) return false;
  element.scrollIntoView({ block: "nearest" });
  element.focus();
  if (!/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) element.click();
  return true;
}

function move(step) {
  const links = [...document.querySelectorAll("[data-list] a[data-item]")].filter(visible);
  if (!links.length) return false;
  const here = links.findIndex((link) => link === document.activeElement || link.closest("tr, li")?.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest("tr, li")?.scrollIntoView({ block: "nearest" });
  return true;
}

function help() {
  const list = document.querySelector("[data-key-list]");
  list.replaceChildren(document.getElementById("key-names").content.cloneNode(true));
  const seen = new Set();
  for (const element of [...document.querySelectorAll("[data-key]")].filter(visible)) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const key = Object.assign(document.createElement("kbd"), { className: "kbd", textContent: element.dataset.key });
    const term = document.createElement("dt");
    const words = document.createElement("dd");
    words.textContent = element.dataset.keyLabel ?? (element.querySelector("span") ?? element).textContent.trim();
    term.append(key);
    list.append(term, words);
  }
  document.getElementById("keys").showModal();
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !/[jk]/.test(event.key)) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target.matches("[data-key]")) event.target.blur();
    return;
  }
  if (localStorage.getItem(OFF) || document.querySelector("dialog[open]")) return;
  const done = event.key === "?" ? help() : event.key === "j" ? move(1) : event.key === "k" ? move(-1) : press(event.key);
  if (done) event.preventDefault();
}

export function bind(root) {
  for (const box of fresh(root, "[data-keys-switch]", "Keys")) {
    box.checked = !localStorage.getItem(OFF);
    box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  }
  for (const button of fresh(root, "[data-keys-help]", "Help")) button.addEventListener("click", help);
  once(root, () => document.addEventListener("keydown", onKey));
}
