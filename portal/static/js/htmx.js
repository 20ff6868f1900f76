/* Requests of htmx carry the CSRF token; a failed one says so, but for those in [data-quiet], which nobody asked for. */
import { meta, once, showToast } from "./page.js";

export function bind(root) {
  once(root, () => {
    document.addEventListener("htmx:configRequest", (event) => {
      if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = meta("csrf-token");
    });
    for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
      document.addEventListener(failure, (event) => {
        if (!event.target.closest?.("[data-quiet]")) showToast("request-failed");
      });
    }
  });
}
