/* .clock[data-left]: counts on between loads, in the words that the server has put into [data-clock-words]. */
import { fresh, once } from "./page.js";

const STEP = 5000;
const since = new WeakMap();

function span(seconds, words) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (!hours) return words.minutes.replace("%(minutes)d", minutes);
  return words.hours.replace("%(hours)d", hours).replace("%(minutes)s", String(minutes % 60).padStart(2, "0"));
}

/* Counted and plain time run apart: while coverage is closed only the due moment comes nearer. */
function read({ left, dueIn, target, counts, turnsIn }, gone) {
  const turns = turnsIn === "" ? Infinity : Number(turnsIn);
  const turned = gone >= turns;
  const counted = counts === "1" ? Math.min(gone, turns) : Math.max(0, gone - turns);
  const rest = Math.max(0, left - counted);
  const over = gone - dueIn;
  return { over, rest, used: Math.min(99, Math.floor(100 * (1 - rest / target))), turned, counts: (counts === "1") !== turned };
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show(clock, words) {
  const now = read(clock.dataset, (Date.now() - since.get(clock)) / 1000);
  const state = now.over >= 0 ? "overdue" : now.used >= Number(words.risk) ? "at-risk" : "ok";
  clock.dataset.clock = state;
  const text = state === "overdue" ? words.overdue : words.ok;
  write(clock.lastElementChild, text.replace("%(span)s", span(state === "overdue" ? now.over : now.rest, words)));
  if (state === "overdue") clock.querySelector(".ring")?.remove();
  clock.querySelector(".ring circle + circle")?.setAttribute("stroke-dasharray", `${now.used} 100`);
  const note = clock.parentElement.querySelector("[data-clock-note]");
  if (!note || !(now.turned || state === "overdue")) return;
  note.hidden = now.counts || state === "overdue";
  if (!note.hidden) write(note, words.closed);
}

function step() {
  const words = document.querySelector("[data-clock-words]")?.dataset;
  if (!words) return;
  for (const clock of document.querySelectorAll(".clock[data-left]")) if (since.has(clock)) show(clock, words);
}

export function bind(root) {
  for (const clock of fresh(root, ".clock[data-left]", "Clock")) since.set(clock, Date.now());
  once(root, () => {
    setInterval(step, STEP);
    document.addEventListener("visibilitychange", step);
  });
}
