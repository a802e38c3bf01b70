import { element } from "./dom.js";
import { ask } from "./sent/read.js";

const $ = (id) => document.getElementById(id);
let asked = null; // the button whose number is corrected

/* A number's text; a button that corrects it, where the device keeps that. */
export function number(text, specimen, given = null) {
  if (!specimen) return text;
  const button = element("button", { className: "fix" });
  Object.assign(button.dataset, { specimen, text });
  button.addEventListener("click", () => open(button));
  show(button, given);
  return button;
}

const digits = (text) => text.replace(/\D/g, "");

function show(button, given) {
  button.textContent = given === "" ? "no digit" : (given ?? button.dataset.text);
  button.title = given === null ? "Correct this" : `Corrected; read as ${button.dataset.text}`;
  button.classList.toggle("given", given !== null);
}

/* Shows corrections as they are now. */
async function refresh(specimen, given) {
  for (const shown of document.querySelectorAll(`[data-specimen="${specimen}"]`)) show(shown, given);
  const { is_on, folder, count, newest } = await ask("corrections").catch(() => ({}));
  $("corrections").hidden = !is_on;
  if (!is_on) return;
  $("fixed").textContent = `Corrections: ${count} in ${folder}`;
  $("corrected").replaceChildren(...newest.map(item));
}

function open(button) {
  asked = button;
  $("digits").value = digits(button.textContent);
  explain();
  $("fix").showModal();
}

function explain(error) {
  const { length } = digits(asked.dataset.text);
  const isMatched = digits($("digits").value).length === length;
  const unmatched = `Not ${length}, as were read: only the picture is kept, none for training.`;
  $("fix-note").textContent = error ?? (isMatched ? "Each digit is kept for training." : unmatched);
}

async function give(text) {
  const { specimen } = asked.dataset;
  try {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ specimen, text });
    const { given } = await ask("corrections", { method: "POST", headers, body });
    $("fix").close();
    refresh(specimen, given);
  } catch (error) {
    explain(`Not saved: ${error.message}`);
  }
}

async function undo({ specimen }) {
  await ask(`corrections/${specimen}`, { method: "DELETE" }).catch(() => {});
  refresh(specimen, null);
}

function item(correction) {
  const given = correction.given || "no digit";
  const picture = element("img");
  Object.assign(picture, { src: `corrections/${correction.specimen}.jpg`, alt: "", loading: "lazy" });
  const back = element("button", { text: "Undo" });
  back.ariaLabel = `Undo ${given}`;
  back.addEventListener("click", () => undo(correction));
  const note = `read as ${correction.read}${correction.is_matched ? "" : ", picture only"}`;
  const words = [element("b", { text: given }), element("small", { text: note })];
  return element("li", { children: [picture, element("div", { children: words }), back] });
}

export function watchCorrections() {
  $("digits").addEventListener("input", () => explain());
  $("none").addEventListener("click", () => give(""));
  $("cancel").addEventListener("click", () => $("fix").close());
  $("fix").addEventListener("submit", (event) => {
    event.preventDefault();
    give($("digits").value);
  });
  refresh();
}
