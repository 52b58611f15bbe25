// A run to look back at: its stored steps are scrubbed through, and all pictures show the network as it was then.

import cells from "./cells.js";
import passages from "./passages.js";
import strip from "./reading_strip.js";
import { curveIn } from "./curve.js";
import { _, speak } from "./language.js";
import { make } from "./stage.js";

/** @typedef {{ step: number, label: string, said: [string, string], strip: string, heatmap: string, wrote: string }} Moment */
/**
 * @typedef {object} Replay
 * @property {string} title
 * @property {string} about
 * @property {Moment[]} moments - oldest first
 * @property {Losses} curve
 * @property {string} film
 * @property {string} samples
 * @property {[name: string, value: string][]} settings
 * @property {string} lines - to be copied
 * @property {string[]} remarks
 * @property {Record<string, string>} words - in the language of whoever made it
 */

const PACE = 900; // ms a step while it plays

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const bytes = (/** @type {string} */ text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/**
 * A component of the page in a part of this one; what it is called with in Streamlit's place is a message in base 64.
 * @type {(component: (given: Streamlit) => unknown, id: string) => (message: string) => void}
 */
function mounted(component, id) {
  const parentElement = part(id).attachShadow({ mode: "open" });
  return (message) => component({ data: bytes(message), parentElement, setStateValue() {}, setTriggerValue() {} });
}

/** @type {Replay} */
const replay = JSON.parse(part("replay").textContent ?? "");
const { moments } = replay;
speak(replay.words);
const [drawStrip, drawHeatmap] = [mounted(strip, "strip"), mounted(cells, "heatmap")];
const [drawWrote, drawFilm, drawSamples, drawLines] = ["wrote", "film", "samples", "lines"].map((id) => mounted(passages, id));
const drawCurve = curveIn(part("curve"), replay.curve);
const play = /** @type {HTMLButtonElement} */ (part("play")), scrubber = /** @type {HTMLInputElement} */ (part("scrubber"));
const [sentence, figures] = part("said").children;
let at = moments.length - 1, timer = 0;

function show() {
  const moment = moments[at];
  [sentence.textContent, figures.textContent] = moment.said;
  part("step").textContent = moment.label;
  scrubber.value = String(at);
  scrubber.setAttribute("aria-valuetext", moment.label);
  drawStrip(moment.strip);
  drawHeatmap(moment.heatmap);
  drawWrote(moment.wrote);
  drawCurve(moment.step);
}

function look(/** @type {number} */ place) {
  at = place;
  show();
}

function stop() {
  clearInterval(timer);
  timer = 0;
  play.textContent = "▶ " + _("Play");
}

function next() {
  look(at + 1);
  if (at === moments.length - 1) stop();
}

function showAll() {
  show();
  drawFilm(replay.film);
  drawSamples(replay.samples);
  drawLines(replay.lines);
}

document.title = replay.title;
for (const name of /** @type {const} */ (["title", "about"])) part(name).textContent = replay[name];
part("settings").append(
  ...replay.settings.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]),
);
part("remarks").append(...replay.remarks.map((textContent) => make("p", { textContent })));
scrubber.max = String(at);
scrubber.oninput = () => {
  stop();
  look(Number(scrubber.value));
};
play.onclick = () => {
  if (timer) return stop();
  if (at === moments.length - 1) look(0);
  play.textContent = "❚❚ " + _("Pause");
  timer = setInterval(next, PACE);
};
stop();
for (const hidden of document.querySelectorAll("main, #player")) hidden.removeAttribute("hidden");
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showAll);
showAll();
