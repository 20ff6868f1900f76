/* Opens and closes native dialogs by attribute; a click on the backdrop closes too. */
import { fresh } from "./page.js";

export function bind(root) {
  for (const button of fresh(root, "[data-dialog-open]", "Open")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(button.dataset.dialogOpen).showModal();
    });
  }
  for (const button of fresh(root, "[data-dialog-close]", "Close")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const dialog of fresh(root, "dialog.dialog", "Dialog")) {
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target === dialog && isOutside(dialog.getBoundingClientRect(), event)) dialog.close();
    });
    if (dialog.hasAttribute("data-dialog-show")) dialog.showModal();
  }
}

function isOutside(box, { clientX, clientY }) {
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
