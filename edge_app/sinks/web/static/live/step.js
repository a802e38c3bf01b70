/* A folder's pictures, which stay: the next one and the one before, by button or key. */
const KEYS = { n: 1, ArrowRight: 1, b: -1, ArrowLeft: -1 };
const buttons = { next: 1, back: -1 };
let steps = false; // whether there is anything to step through

/* `goOn` ends a pause: who asks for another picture wants to see it. */
export function watchSteps(goOn) {
  const step = (by) => {
    goOn();
    // The page says by itself that the device does not answer.
    fetch(`step?by=${by}`, { method: "POST" }).catch(() => {});
  };
  for (const [id, by] of Object.entries(buttons))
    document.getElementById(id).addEventListener("click", () => step(by));
  addEventListener("keydown", (event) => {
    const typed = event.ctrlKey || event.altKey || event.metaKey;
    if (!steps || typed || event.target.matches("input, textarea") || !(event.key in KEYS)) return;
    event.preventDefault();
    step(KEYS[event.key]);
  });
}

export function showSteps(numPictures) {
  steps = numPictures > 1;
  for (const id of Object.keys(buttons)) document.getElementById(id).hidden = !steps;
}
