import { readPicture } from "./read.js";
import { showError, showResult } from "./result.js";

const PEN = 13; // pixels of the pad's 640; strokes of a thick marker
const MARGIN = 40; // white around the drawing: digits at the paper's edge are cut off ones
const PAUSE_MS = 250; // after a stroke, before it is read

const pad = document.getElementById("pad");
const marks = document.getElementById("marks");
const drawn = document.getElementById("drawn");

let strokes = [];
let timer = 0;
let serial = 0; // of the newest drawing: answers to older ones are dropped

export function watchPad() {
  fitToScreen();
  addEventListener("resize", fitToScreen);
  pad.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pad.setPointerCapture(event.pointerId);
    strokes.push({ pointer: event.pointerId, points: [place(event)] });
    changed();
  });
  pad.addEventListener("pointermove", (event) => {
    const stroke = strokes.findLast((drawn) => drawn.pointer === event.pointerId);
    if (!stroke) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const moved of all.length ? all : [event]) stroke.points.push(place(moved));
    redraw();
  });
  for (const kind of ["pointerup", "pointercancel"])
    pad.addEventListener(kind, (event) => {
      for (const stroke of strokes) if (stroke.pointer === event.pointerId) stroke.pointer = null;
      readSoon();
    });
  document.getElementById("undo").addEventListener("click", () => {
    strokes.pop();
    changed();
    readSoon();
  });
  document.getElementById("clear").addEventListener("click", () => {
    strokes = [];
    changed();
    readSoon();
  });
}

function place(event) {
  const box = pad.getBoundingClientRect();
  const scale = pad.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

/* The canvas has the paper's proportions, which differ between phone and desk. */
function fitToScreen() {
  const box = pad.parentElement.getBoundingClientRect();
  const height = Math.round((640 * box.height) / box.width) || 320;
  if (height === pad.height) return;
  pad.height = marks.height = height;
  redraw();
}

function changed() {
  serial += 1;
  clearTimeout(timer);
  marks.getContext("2d").clearRect(0, 0, marks.width, marks.height);
  for (const id of ["undo", "clear"]) document.getElementById(id).disabled = !strokes.length;
  document.getElementById("hint").hidden = strokes.length > 0;
  if (!strokes.length) drawn.replaceChildren();
  redraw();
}

function redraw() {
  const context = pad.getContext("2d");
  context.clearRect(0, 0, pad.width, pad.height);
  drawStrokes(context);
}

function drawStrokes(context) {
  context.lineWidth = PEN;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "#1d2a44";
  for (const { points } of strokes) {
    context.beginPath();
    context.moveTo(...points[0]);
    // Curves through the middles of the pieces look like a pen's.
    for (let i = 1; i < points.length - 1; i++) {
      const [x, y] = points[i];
      context.quadraticCurveTo(x, y, (x + points[i + 1][0]) / 2, (y + points[i + 1][1]) / 2);
    }
    context.lineTo(...points.at(-1));
    context.stroke();
  }
}

function readSoon() {
  clearTimeout(timer);
  if (strokes.length) timer = setTimeout(read, PAUSE_MS);
}

async function read() {
  const asked = serial;
  const paper = new OffscreenCanvas(pad.width + 2 * MARGIN, pad.height + 2 * MARGIN);
  const context = paper.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, paper.width, paper.height);
  context.translate(MARGIN, MARGIN);
  drawStrokes(context);
  try {
    const reading = await readPicture(await paper.convertToBlob());
    if (asked !== serial) return;
    showResult(drawn, reading);
    mark(reading);
  } catch (error) {
    if (asked === serial) showError(drawn, error);
  }
}

function mark(reading) {
  const context = marks.getContext("2d");
  context.clearRect(0, 0, marks.width, marks.height);
  context.strokeStyle = context.fillStyle = "#0a8f4b";
  context.lineWidth = 2.5;
  context.font = "600 26px system-ui, sans-serif";
  for (const digit of reading.digits) {
    const [x, y, w, h] = digit.box_xywh;
    const left = x - MARGIN - 6;
    const top = y - MARGIN - 6;
    context.strokeRect(left, top, w + 12, h + 12);
    context.fillText(String(digit.label), left + 2, top > 30 ? top - 7 : top + h + 38);
  }
}
