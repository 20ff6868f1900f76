/* Files dropped or chosen are sent at once, one request each; the form then carries their ids. */
import { copyOf, fresh, meta } from "./page.js";

const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

function readable(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${numbers.format(bytes / 1024 ** step)} ${units[step]}`;
}

function fail(row, message) {
  row.dataset.state = "failed";
  row.querySelector(".file-problem").textContent = message;
}

function finish(row, name, answer) {
  const input = Object.assign(document.createElement("input"), { type: "hidden", name, value: answer.id });
  row.append(input);
  row.querySelector(".file-name").textContent = answer.name;
  row.querySelector(".file-size").textContent = readable(answer.size);
  row.dataset.state = "done";
}

function send(drop, row, file) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file);
  request.open("POST", drop.dataset.url);
  request.setRequestHeader("X-CSRFToken", meta("csrf-token"));
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    row.querySelector("progress").value = event.lengthComputable ? (event.loaded / event.total) * 100 : 0;
  });
  request.addEventListener("load", () => {
    if (request.status < 300 && request.response?.id) finish(row, drop.dataset.name, request.response);
    else fail(row, request.response?.error ?? drop.dataset.failed);
  });
  request.addEventListener("error", () => fail(row, drop.dataset.failed));
  request.addEventListener("loadend", () => drop.dispatchEvent(new CustomEvent("files:changed", { bubbles: true })));
  row.addEventListener("file:removed", () => request.abort());
  request.send(body);
}

function add(drop, file) {
  const row = copyOf(drop.querySelector("template"));
  row.querySelector(".file-name").textContent = file.name;
  row.querySelector(".file-size").textContent = readable(file.size);
  drop.querySelector(".file-list").append(row);
  if (file.size > Number(drop.dataset.maxBytes)) fail(row, drop.dataset.tooLarge);
  else send(drop, row, file);
}

function remove(drop, row) {
  const id = row.querySelector("input[type='hidden']")?.value;
  if (id) fetch(new URL(`${id}/discard/`, new URL(drop.dataset.url, location.href)), { method: "POST", headers: { "X-CSRFToken": meta("csrf-token") } });
  row.dispatchEvent(new CustomEvent("file:removed"));
  row.remove();
  drop.querySelector("input[type='file']").focus();
}

function bindDrop(drop) {
  const input = drop.querySelector("input[type='file']");
  const take = (files) => { for (const file of files) add(drop, file); };
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  drop.addEventListener("click", (event) => {
    const button = event.target.closest("[data-file-remove]");
    if (button) remove(drop, button.closest("[data-file]"));
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.dataset.over = "1";
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  drop.closest("form")?.addEventListener("submit", (event) => {
    const waiting = drop.querySelector("[data-state='sending'] progress, [data-state='failed'] button");
    if (!waiting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.scrollIntoView({ block: "nearest" });
    waiting.focus();
  }, true);
  drop.dataset.ready = "1";
}

export function bind(root) {
  fresh(root, "[data-file-drop]", "Drop").forEach(bindDrop);
}
