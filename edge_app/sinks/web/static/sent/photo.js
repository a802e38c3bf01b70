import { readPicture } from "./read.js";
import { showError, showResult } from "./result.js";

const MOST_PIXELS_ASIDE = 2048; // more is scaled down here rather than sent
const QUALITY = 0.92;

const drop = document.getElementById("drop");
const file = document.getElementById("file");
const found = document.getElementById("found");
const photographed = document.getElementById("photographed");
const another = document.getElementById("another");

export function watchPhotos() {
  file.addEventListener("change", () => read(file.files[0]));
  another.addEventListener("click", () => file.click());
  const section = document.getElementById("photo");
  for (const kind of ["dragenter", "dragover"])
    section.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  for (const kind of ["dragleave", "drop"])
    section.addEventListener(kind, () => drop.classList.remove("over"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
  // A photo that misses the card must not replace the page.
  for (const kind of ["dragover", "drop"])
    addEventListener(kind, (event) => event.preventDefault());
  addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
    if (pasted) read(pasted);
  });
}

async function read(photo) {
  if (!photo) return;
  file.value = ""; // so that the same file can be chosen again
  const busy = drop.hidden ? photographed : drop;
  busy.classList.add("busy");
  try {
    const reading = await readPicture(await scaled(photo), { withPicture: true });
    photographed.src = reading.picture;
    photographed.hidden = false;
    another.hidden = false;
    drop.hidden = true;
    showResult(found, reading);
  } catch (error) {
    showError(found, error);
  } finally {
    busy.classList.remove("busy");
  }
}

/* The photo as JPEG, turned upright and not larger than what is worth sending. */
async function scaled(photo) {
  let image;
  try {
    image = await createImageBitmap(photo);
  } catch {
    throw new Error("That is no picture that this browser can open.");
  }
  const scale = Math.min(1, MOST_PIXELS_ASIDE / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // a transparent ground is paper
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
