import { element, percent } from "../dom.js";
import { ask as askDevice } from "../sent/read.js";

/* Fields: drawn and moved on the live picture, named, tried and kept */
const $ = (id) => document.getElementById(id);
const PICTURE_MS = 700;
const LEAST = 0.015; // side of a field, of the picture's
const STEP = 0.004; // of a key
const LIMITS = ["minimum", "maximum", "max_change_per_minute"];
const TEXTS = ["pattern", "unit"];

let fields = []; // { name, settings }
let chosen = null;
let turned = 0;

export function watchFields() {
  $("edit").addEventListener("click", open);
  $("editor").addEventListener("close", () => $("shot").removeAttribute("src"));
  $("shot").addEventListener("load", () => setTimeout(refresh, PICTURE_MS));
  $("shot").addEventListener("error", () => setTimeout(refresh, 4 * PICTURE_MS));
  $("stage").addEventListener("pointerdown", press);
  $("stage").addEventListener("keydown", nudge);
  $("field").addEventListener("input", take);
  $("remove").addEventListener("click", remove);
  $("forget").addEventListener("click", () => act("Forgetting", forget));
  $("try").addEventListener("click", () => act("Trying", tryOut));
  $("keep").addEventListener("click", () => act("Saving", keep));
  $("turn").addEventListener("click", () => act("Turning", turn));
  $("least").addEventListener("input", showLeast);
  $("follow").addEventListener("change", () => act("Saving", follow));
}

function ask(path, method = "GET", content = undefined) {
  const headers = content && { "Content-Type": "application/json" };
  return askDevice(path, { method, headers, body: content && JSON.stringify(content) });
}

async function act(doing, action) {
  say(`${doing} …`);
  try {
    say((await action()) ?? "");
  } catch (error) {
    say(error.message, true);
  }
}

function say(text, wrong = false) {
  $("said").textContent = text;
  $("said").classList.toggle("error", wrong);
}

async function open() {
  $("stage").inert = true; // a box drawn before the fields have come would be lost
  $("editor").showModal();
  refresh();
  await act("Loading", async () => show(await ask("fields")));
  $("stage").inert = false;
  choose(fields[0] ?? null);
}

function refresh() {
  if ($("editor").open) $("shot").src = `fields/picture.jpg?${Date.now()}`;
}

function show(setup) {
  turned = setup.turned;
  fields = setup.fields.map(({ name, settings }) => ({ name, settings }));
  $("least").value = 100 * setup.min_confidence;
  $("follow").checked = setup.reference;
  showLeast();
  $("camera").replaceChildren(...setup.camera.map(adjustment));
  choose(fields.find((field) => field.name === chosen?.name) ?? null);
  return fields.length ? "" : "Draw a box around a number.";
}

function showLeast() {
  $("least-said").textContent = `${$("least").value}%`;
}

function draw() {
  const boxes = fields.map((field) => {
    const box = element("div", {
      className: field === chosen ? "box chosen" : "box",
      children: [element("b", { text: field.name }), element("i")],
    });
    const [x, y, w, h] = field.settings.place;
    Object.assign(box.style, {
      left: `${100 * x}%`,
      top: `${100 * y}%`,
      width: `${100 * w}%`,
      height: `${100 * h}%`,
    });
    box.field = field;
    return box;
  });
  $("boxes").replaceChildren(...boxes);
}

function choose(field) {
  chosen = field;
  $("field").hidden = !field;
  $("tried").replaceChildren();
  if (field) {
    const form = $("field").elements;
    form.name.value = field.name;
    for (const key of [...TEXTS, ...LIMITS]) form[key].value = field.settings[key] ?? "";
    form.decimals.value = field.settings.decimals ?? 0;
    form.never_falls.checked = field.settings.never_falls ?? false;
  }
  draw();
}

/* What the form says, into the chosen field */
function take() {
  const form = $("field").elements;
  const { place, device_class } = chosen.settings;
  const settings = { place, decimals: Number(form.decimals.value) || 0, never_falls: form.never_falls.checked };
  if (device_class) settings.device_class = device_class;
  for (const key of TEXTS) if (form[key].value) settings[key] = form[key].value;
  for (const key of LIMITS) if (form[key].value !== "") settings[key] = Number(form[key].value);
  chosen.settings = settings;
  chosen.name = form.name.value;
  draw();
}

function remove() {
  fields = fields.filter((field) => field !== chosen);
  choose(fields[0] ?? null);
}

/* Pointers: on a box they move it, at its corner they size it, elsewhere they draw */
function press(event) {
  if (event.button) return;
  event.preventDefault();
  $("stage").focus();
  const start = at(event);
  const box = event.target.closest(".box");
  let field = box?.field;
  const sizes = !box || event.target.matches("i");
  if (!field) {
    field = { name: freeName(), settings: { place: [...start, 0, 0] } };
    fields.push(field);
  }
  choose(field);
  const before = [...field.settings.place];
  const move = (moved) => {
    const now = at(moved);
    place(field, before, now[0] - start[0], now[1] - start[1], sizes);
    if (!box) field.settings.place = between(start, now);
    draw();
  };
  const drop = () => {
    $("stage").removeEventListener("pointermove", move);
    const [, , w, h] = field.settings.place;
    if (Math.min(w, h) < LEAST) remove(); // a tap, no box
  };
  $("stage").setPointerCapture(event.pointerId);
  $("stage").addEventListener("pointermove", move);
  $("stage").addEventListener("lostpointercapture", drop, { once: true });
}

function at(event) {
  const { left, top, width, height } = $("stage").getBoundingClientRect();
  const share = (value) => Math.min(1, Math.max(0, value));
  return [share((event.clientX - left) / width), share((event.clientY - top) / height)];
}

const round = (value) => Math.round(1e4 * value) / 1e4;

function between(a, b) {
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return [x, y, Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])].map(round);
}

function place(field, [x, y, w, h], across, down, sizes) {
  const within = (value, least, most) => Math.min(most, Math.max(least, value));
  field.settings.place = (
    sizes
      ? [x, y, within(w + across, LEAST, 1 - x), within(h + down, LEAST, 1 - y)]
      : [within(x + across, 0, 1 - w), within(y + down, 0, 1 - h), w, h]
  ).map(round);
}

function nudge(event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!chosen || !step) return;
  event.preventDefault();
  place(chosen, chosen.settings.place, STEP * step[0], STEP * step[1], event.shiftKey);
  draw();
}

function freeName() {
  const taken = new Set(fields.map((field) => field.name));
  let number = 1;
  while (taken.has(`field${number}`)) number += 1;
  return `field${number}`;
}

function edited() {
  const names = fields.map((field) => field.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two fields are called ${twice}.`);
  return {
    min_confidence: $("least").value / 100,
    fields: Object.fromEntries(fields.map(({ name, settings }) => [name, settings])),
  };
}

async function tryOut() {
  const found = (await ask("fields/try", "POST", edited())).fields;
  $("tried").replaceChildren(
    ...found.map((field) => {
      const picture = element("img");
      picture.alt = "";
      if (field.picture) picture.src = field.picture;
      const sure = field.confidence === null ? "" : ` ${percent(field.confidence)}`;
      const words = field.fault ?? `${field.value}${field.unit ? ` ${field.unit}` : ""}`;
      return element("li", {
        className: field.fault ? "error" : "",
        children: [picture, element("b", { text: `${field.name}: ` }), words + sure],
      });
    }),
  );
}

async function keep() {
  const found = await ask("fields", "POST", edited());
  show(found);
  return found.kept_in ? `Saved in ${found.kept_in}.` : "In use until the end; --config FILE keeps it.";
}

async function turn() {
  show(await ask("fields", "POST", { ...edited(), rotate: String((turned + 90) % 360) }));
}

/* A slider for what the camera has, such as its exposure, and whether it chooses that itself */
function adjustment({ name, minimum, maximum, step, value, is_automatic }) {
  const unit = name === "exposure" ? " ms" : "";
  const title = name[0].toUpperCase() + name.slice(1);
  const said = element("output");
  const slider = element("input");
  Object.assign(slider, { type: "range", min: minimum, max: maximum, step: step || "any", value });
  const auto = element("input");
  Object.assign(auto, { type: "checkbox", checked: is_automatic });
  const say = () => (said.textContent = auto.checked ? "automatic" : `${slider.value}${unit}`);
  const give = () => act("Adjusting", () => adjust(name, auto.checked ? null : Number(slider.value)));
  slider.addEventListener("input", () => say((auto.checked = false)));
  slider.addEventListener("change", give);
  auto.addEventListener("change", give);
  say();
  return element("p", {
    children: [
      element("label", { children: [`${title} `, said, slider] }),
      element("label", { className: "check", children: [auto, `${title} by itself`] }),
    ],
  });
}

async function adjust(name, value) {
  show(await ask("fields", "POST", { ...edited(), [name]: value }));
}

async function forget() {
  await ask(`fields/${encodeURIComponent(chosen.name)}/forget`, "POST");
  return `The next value of ${chosen.name} is its first one.`;
}

async function follow() {
  const wanted = $("follow").checked;
  try {
    await ask("fields", "POST", edited());
    show(await ask("fields/reference", wanted ? "POST" : "DELETE"));
  } catch (error) {
    $("follow").checked = !wanted;
    throw error;
  }
}
