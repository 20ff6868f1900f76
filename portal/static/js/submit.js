/* A form is sent once: its button waits until the answer is there. */
import { once } from "./page.js";

const PATIENCE = 15000;

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy='true']")) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

function stopSecond(event) {
  if (!event.target.dataset.sending) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onSubmit(event) {
  const form = event.target;
  const byHtmx = form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]");
  if ((event.defaultPrevented && !byHtmx) || !/post/i.test(form.getAttribute("method") ?? (byHtmx ? "post" : "get"))) return;
  form.dataset.sending = "1";
  const button = event.submitter;
  if (button) {
    button.setAttribute("aria-busy", "true");
    setTimeout(() => { button.disabled = true; }); // after the browser has taken its name and value
  }
  setTimeout(() => release(form), PATIENCE); // an answer that is a download never leaves the page
}

export function bind(root) {
  once(root, () => {
    document.addEventListener("submit", stopSecond, true);
    document.addEventListener("submit", onSubmit);
    document.addEventListener("htmx:afterRequest", (event) => {
      const form = event.target.closest?.("form");
      if (form) release(form);
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) for (const form of document.querySelectorAll("form[data-sending]")) release(form);
    });
  });
}
