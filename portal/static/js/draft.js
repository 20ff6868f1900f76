/* form[data-draft="name"]: what is typed is kept on this device until it has been sent, through errors and a lost session. */
import { copyOf, fresh, meta, once } from "./page.js";

const PAUSE = 400;
const SENT = "draft-sent";
const KEPT_FOR = 1000 * 60 * 60 * 24 * 14;

function keyOf(form) {
  return `draft:${meta("person")}:${form.dataset.draft}`;
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !/^(hidden|file|password|submit|button)$/.test(field.type));
}

function read(form) {
  return fields(form)
    .filter((field) => !/^(radio|checkbox)$/.test(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
}

function save(form) {
  localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: read(form) }));
}

function load(key) {
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  return kept && Date.now() - kept.at < KEPT_FOR ? kept.values : null;
}

function restore(form, values) {
  for (const field of fields(form)) {
    const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (/^(radio|checkbox)$/.test(field.type)) field.checked = mine.includes(field.value);
    else if (mine.length) field.value = mine[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function offerDiscard(form) {
  const note = copyOf(document.getElementById("draft-note"));
  note.querySelector("[data-draft-discard]").addEventListener("click", () => {
    localStorage.removeItem(keyOf(form));
    form.reset();
    note.remove();
  });
  form.prepend(note);
}

function bindForm(form) {
  const values = load(keyOf(form));
  const refused = form.querySelector("[aria-invalid='true']"); // the server sent back what was typed
  if (values && !refused && JSON.stringify(values) !== JSON.stringify(read(form))) {
    restore(form, values);
    offerDiscard(form);
  }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form), PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save(form);
    sessionStorage.setItem(SENT, keyOf(form));
  });
}

/* Sent and arrived: a page of a signed-in person that does not show the same form again. Sign-in and error pages have no person. */
function clearWhatArrived() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (!key || !meta("person") || document.body.classList.contains("frame-public")) return;
  const again = [...document.querySelectorAll("form[data-draft]")].find((form) => keyOf(form) === key);
  if (!again || !again.querySelector("[aria-invalid='true'], .error-summary")) localStorage.removeItem(key);
}

export function bind(root) {
  once(root, () => {
    clearWhatArrived();
    document.addEventListener("htmx:afterRequest", (event) => {
      const form = event.target.closest?.("form[data-draft]");
      if (form && event.detail.successful && !/aria-invalid="true"|error-summary/.test(event.detail.xhr.responseText)) {
        localStorage.removeItem(keyOf(form));
      }
    });
  });
  if (meta("person")) fresh(root, "form[data-draft]", "Draft").forEach(bindForm);
}
