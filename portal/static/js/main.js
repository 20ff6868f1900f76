/* Binds every behaviour to the page, and again to whatever htmx brings. */
import { bind as clipboard } from "./clipboard.js";
import { bind as clock } from "./clock.js";
import { bind as confirm } from "./confirm.js";
import { bind as dialog } from "./dialog.js";
import { bind as draft } from "./draft.js";
import { bind as editor } from "./editor.js";
import { bind as fileDrop } from "./filedrop.js";
import { bind as focus } from "./focus.js";
import { bind as grid } from "./grid.js";
import { bind as htmx } from "./htmx.js";
import { bind as keys } from "./keys.js";
import { bind as menu } from "./menu.js";
import { bind as refresh } from "./refresh.js";
import { bind as submit } from "./submit.js";
import { bind as theme } from "./theme.js";
import { bind as toast } from "./toast.js";

const behaviours = [htmx, theme, menu, dialog, confirm, toast, clipboard, editor, fileDrop, draft, submit, keys, grid, clock, refresh, focus];

function bindAll(root) {
  for (const bind of behaviours) bind(root);
}

bindAll(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) bindAll(event.target);
});
