/* The Markdown editor: tabs for writing and preview, four buttons that put marks around a selection. */
import { fresh } from "./page.js";

function select(tabs, shown) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === shown));
    tab.tabIndex = tab === shown ? 0 : -1;
  }
}

function replace(area, text, from, to) {
  area.focus();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.setSelectionRange(from, to);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrap(area, mark) {
  const start = area.selectionStart;
  const chosen = area.value.slice(start, area.selectionEnd);
  const [open, close] = mark === "`" && chosen.includes("\n") ? ["```\n", "\n```"] : [mark, mark];
  replace(area, open + chosen + close, start + open.length, start + open.length + chosen.length);
}

function prefix(area, mark) {
  const lineStart = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  area.selectionStart = lineStart;
  const lines = area.value.slice(lineStart, area.selectionEnd).split("\n").map((line) => mark + line).join("\n");
  replace(area, lines, lineStart + lines.length, lineStart + lines.length);
}

function bindEditor(editor) {
  const area = editor.querySelector("textarea");
  const preview = editor.querySelector("[data-editor-preview]");
  const write = editor.querySelector("[data-editor-write]");
  const show = editor.querySelector("[data-editor-show]");
  const tabs = [write, show];
  const toggle = (previewing) => {
    preview.hidden = !previewing;
    area.hidden = previewing;
    select(tabs, previewing ? show : write);
  };
  write.addEventListener("click", () => toggle(false));
  show.addEventListener("click", () => {
    preview.style.minBlockSize = `${area.offsetHeight}px`;
    toggle(true);
  });
  show.addEventListener("htmx:configRequest", (event) => {
    for (const name of [...event.detail.formData.keys()]) event.detail.formData.delete(name);
    event.detail.formData.set("text", area.value);
  });
  for (const tab of tabs) {
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tab === write ? show : write;
      other.focus();
      other.click();
    });
  }
  for (const button of editor.querySelectorAll("[data-editor-wrap]")) {
    button.addEventListener("click", () => wrap(area, button.dataset.editorWrap));
  }
  for (const button of editor.querySelectorAll("[data-editor-line]")) {
    button.addEventListener("click", () => prefix(area, button.dataset.editorLine));
  }
  area.form?.addEventListener("submit", () => toggle(false), true); // a hidden field can't show why it is refused
  editor.dataset.ready = "1";
}

export function bind(root) {
  fresh(root, "[data-editor]", "Editor").forEach(bindEditor);
}
