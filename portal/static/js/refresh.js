/* [id][data-refresh="60"]: fetched again every so many seconds while the page is looked at, and put in place quietly. */
import { fresh } from "./page.js";

/* Never under somebody's hands: an open dialog or menu, marked text, or a request of their own come first. */
function busy(element) {
  const marked = getSelection();
  return (
    document.hidden ||
    document.querySelector("dialog[open], [data-menu][open], .htmx-request") ||
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

async function refresh(element) {
  if (busy(element)) return;
  const here = location.href;
  const next = await latest(element.id).catch(() => null); // the next time, then
  if (next && element.isConnected && here === location.href && !busy(element)) replace(element, next);
}

export function bind(root) {
  for (const element of fresh(root, "[data-refresh]", "Refresh")) {
    const timer = setInterval(() => {
      if (element.isConnected) refresh(element);
      else clearInterval(timer); // the whole of it was swapped, and the new one has its own
    }, element.dataset.refresh * 1000);
  }
}
