/* Small things that several behaviours share. */

/** All matches in root, root itself included, that this behaviour has not bound yet. */
export function fresh(root, selector, mark) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found.filter((element) => {
    const done = `bound${mark}`;
    if (element.dataset[done]) return false;
    element.dataset[done] = "1";
    return true;
  });
}

/** Runs once for the whole document, however often a behaviour is bound. */
export function once(root, action) {
  if (root === document) action();
}

export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

/** The first element of a template element, as a new copy. */
export function copyOf(template) {
  return template.content.firstElementChild.cloneNode(true);
}

/** Shows the toast of a template in the page. */
export function showToast(templateId) {
  const toast = copyOf(document.getElementById(templateId));
  const toasts = document.getElementById("toasts");
  toasts.append(toast);
  toasts.dispatchEvent(new CustomEvent("toast:added", { bubbles: true }));
}
