/* [id][data-refresh="60"]: fetched again every so many seconds while the page is looked at, and put in place quietly. */
import { fresh } from "./page.js";

const SOON = 5;

/* Never under somebody's hands: an open dialog or menu, marked text, or a request for the same place come first. */
function busy(element) {
  const marked = getSelection();
  return (
    document.hidden ||
    element.querySelector(".htmx-request") ||
    document.querySelector(`dialog[open], [data-menu][open], .htmx-request[hx-target="#${element.id}"]`) ||
    (!marked.isCollapsed && element.contains(marked.anchorNode))
  );
}

async function latest(id) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html").getElementById(id);
}

/* The same link keeps the focus, and what is looked at stays where it is. */
function replace(element, next) {
  const focused = element.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const { scrollX, scrollY } = window;
  element.replaceChildren(...next.childNodes);
  if (focused) element.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  window.scrollTo(scrollX, scrollY);
  window.htmx.process(element);
  element.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

/** Seconds until the next time. */
async function refresh(element) {
  if (busy(element)) return SOON;
  const here = location.href;
  const next = await latest(element.id).catch(() => null); // the next time, then
  if (next && element.isConnected && here === location.href && !busy(element)) replace(element, next);
  return element.dataset.refresh;
}

function wait(element, seconds) {
  setTimeout(async () => {
    if (element.isConnected) wait(element, await refresh(element)); // else all of it was swapped, and the new one waits
  }, seconds * 1000);
}

export function bind(root) {
  for (const element of fresh(root, "[data-refresh]", "Refresh")) wait(element, element.dataset.refresh);
}
