/* A form or button with data-confirm="Question?" asks in a dialog before it is sent; so does hx-confirm. */
import { once } from "./page.js";

function ask(question, action) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-confirm-text]").textContent = question;
  const yes = dialog.querySelector("[data-confirm-yes]");
  yes.dataset.words ??= yes.textContent;
  yes.textContent = action || yes.dataset.words;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function bind(root) {
  once(root, () => {
    document.addEventListener("submit", async (event) => {
      const form = event.target;
      const source = event.submitter?.dataset.confirm ? event.submitter : form;
      if (!source.dataset.confirm || form.dataset.confirmed) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (await ask(source.dataset.confirm, source.dataset.confirmYes)) {
        form.dataset.confirmed = "1";
        form.requestSubmit(event.submitter);
      }
    }, true);
    document.addEventListener("htmx:confirm", async (event) => {
      if (!event.detail.question) return;
      event.preventDefault();
      if (await ask(event.detail.question, event.detail.elt.dataset.confirmYes)) event.detail.issueRequest(true);
    });
  });
}
