import { ask } from "../sent/read.js";

const ANSWER_MS = 8000;

/* The newest picture, clean and with what is read drawn on it, or an Error. */
export function newestPicture() {
  return ask("still", { signal: AbortSignal.timeout(ANSWER_MS) });
}

/* Both as files that are named by the time of the picture. */
export function savePicture({ time, clean, picture }) {
  const name = `edge-digits-${stamp(new Date(time))}`;
  save(clean, `${name}.jpg`);
  save(picture, `${name}-read.jpg`);
}

function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

function stamp(when) {
  const digits = (number, width = 2) => String(number).padStart(width, "0");
  const day = [when.getFullYear(), digits(when.getMonth() + 1), digits(when.getDate())];
  const time = [when.getHours(), when.getMinutes(), when.getSeconds()].map((part) => digits(part));
  return `${day.join("")}-${time.join("")}-${digits(when.getMilliseconds(), 3)}`;
}
