/* A file of any size, sent part by part: it goes on after a broken connection, and after the page was left. */
import { meta } from "./page.js";

const PATIENCE = 60; // tries in a row that may fail, at most half a minute apart
const LONGEST_PAUSE = 30000;
const numbers = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 0 });

class Refusal extends Error {}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

async function ask(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    headers: { "X-CSRFToken": meta("csrf-token"), Accept: "application/json", ...options.headers },
    redirect: "error",
  });
  const json = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
  if (answer.ok) return json;
  if (answer.status >= 500 || answer.status === 409) throw new Error(json.error);
  throw new Refusal(json.error);
}

function sendPart(url, blob, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", meta("csrf-token"));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response) resolve(request.response);
      else if (request.status >= 500 || [409, 422].includes(request.status)) reject(new Error(request.response?.error));
      else reject(new Refusal(request.response?.error));
    });
    for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => reject(new Error(name)));
    request.send(blob);
  });
}

async function sendAll(standing, file, show) {
  let failures = 0;
  while (standing.received < standing.size) {
    const start = standing.received;
    const url = `${standing.url}parts/${start / standing.part_size}/`;
    try {
      standing = await sendPart(url, file.slice(start, start + standing.part_size), (loaded) => show(start + loaded));
      failures = 0;
    } catch (problem) {
      failures += 1;
      if (problem instanceof Refusal || failures > PATIENCE) throw problem;
      show(start, true);
      await pause(Math.min(1000 * 2 ** (failures - 1), LONGEST_PAUSE));
      standing = await ask(standing.url).catch((error) => {
        if (error instanceof Refusal) throw error;
        return standing;
      });
    }
    show(standing.received);
  }
  return standing;
}

async function upload(form, file) {
  const words = form.querySelector("[data-upload-words]");
  const share = form.querySelector("[data-upload-share]");
  const bar = form.querySelector("[data-upload-progress] progress");
  form.querySelector("[data-upload-progress]").hidden = false;
  const show = (sent, broken = false) => {
    bar.value = (sent / file.size) * 100;
    share.textContent = numbers.format(sent / file.size);
    words.textContent = broken ? form.dataset.waiting : "";
  };
  const body = new FormData(form);
  body.delete("file");
  body.append("name", file.name);
  body.append("size", file.size);
  body.append("stamp", file.lastModified);
  const standing = await ask(form.dataset.begin, { method: "POST", body: new URLSearchParams(body) });
  show(standing.received);
  const done = await sendAll(standing, file, show);
  bar.removeAttribute("value");
  words.textContent = form.dataset.checking;
  await ask(`${done.url}finish/`, { method: "POST" });
}

async function onSubmit(event) {
  const form = event.target;
  const file = form.querySelector("input[type='file']").files[0];
  if (!file) return; // the browser says what is missing
  event.preventDefault();
  const controls = [...form.elements].filter((control) => !control.disabled);
  const leaving = (leave) => leave.preventDefault();
  addEventListener("beforeunload", leaving);
  try {
    const sending = upload(form, file);
    for (const control of controls) control.disabled = true;
    await sending;
    removeEventListener("beforeunload", leaving);
    location.assign(form.dataset.done); // not a reload: the page may be the answer to a form that was refused
  } catch (problem) {
    const words = form.querySelector("[data-upload-words]");
    words.textContent = (problem instanceof Refusal && problem.message) || form.dataset.failed;
    removeEventListener("beforeunload", leaving);
    for (const control of controls) control.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-big-upload]")) form.addEventListener("submit", onSubmit);
