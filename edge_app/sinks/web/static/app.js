import { number, watchCorrections } from "./correct.js";
import { element, percent } from "./dom.js";
import { watchFields } from "./live/fields.js";
import { showSteps, watchSteps } from "./live/step.js";
import { newestPicture, savePicture } from "./live/still.js";
import { watchPad } from "./sent/pad.js";
import { watchPhotos } from "./sent/photo.js";

const $ = (id) => document.getElementById(id);
const STALE_MS = 3000; // without a frame: the camera is gone, or paused
const RETRY_MS = 3000;
const SILENT_MS = 7000; // the device tells of itself every 2 s
const NOTE_MS = 5000;
const MOST_SHOWN = 40;
const TREND_S = 60;
const NOTHING = $("nothing").textContent;
const KINDS = { settled: "read", changed: "changed", gone: "gone" };

/* State, at the top */
let lastFrame = 0;
let heard = 0; // when the device said something last
let heardAt = null; // the same, as a date
let connected = false;
let paused = false;
let clean = false; // without what is read
let still = null; // the picture that is shown while paused
let fault = null; // what is wrong with the camera, in the device's words

function showState(state, text) {
  $("state").dataset.state = state;
  $("state").lastElementChild.textContent = text;
}

function showFreshness() {
  const stale = !lastFrame || performance.now() - lastFrame > STALE_MS;
  const fresh = connected && !stale && !fault;
  const since = heardAt && `lost since ${heardAt.toLocaleTimeString([], { hour12: false })}`;
  if (!connected) showState("lost", since ?? "no connection");
  else if (paused) showState("waiting", "paused");
  else if (!fresh) showState("waiting", "waiting");
  else showState("live", "live");
  document.body.classList.toggle("lost", !connected);
  document.body.classList.toggle("old", !fresh && !still);
  $("when").textContent = still ? "Read in this picture" : fresh ? "Read now" : "Last read";
  if (!fresh || paused) $("rate").textContent = $("age").textContent = "";
  $("blank").hidden = fresh || paused;
  const waiting = connected ? "Waiting for the camera" : "No connection to the device";
  $("blank").querySelector("b").textContent = !connected && since ? `Connection ${since}` : waiting;
  const seconds = Math.round((performance.now() - lastFrame) / 1000);
  const last = lastFrame ? `last picture ${seconds} s ago` : "";
  $("why").textContent = (connected && fault) || last;
  const trouble = connected ? "waiting" : "no connection";
  document.title = fresh ? "edge-digits" : `edge-digits – ${trouble}`;
}
setInterval(showFreshness, 500);

/* The picture: a stream of JPEGs, only while somebody can see it */
function playPicture() {
  const wanted = connected && !paused && !document.hidden;
  const playing = $("picture").hasAttribute("src");
  if (wanted && !playing) $("picture").src = `picture?clean=${+clean}&${Date.now()}`;
  if (!wanted && playing && !paused) removePicture();
}
function removePicture() {
  $("picture").hidden = true; // until one has come
  $("picture").removeAttribute("src");
}
$("picture").addEventListener("load", () => ($("picture").hidden = false));
$("picture").addEventListener("error", () => {
  removePicture();
  setTimeout(playPicture, RETRY_MS);
});

/* One picture that stays, and that is saved as it is shown */
async function pause(value) {
  paused = value;
  still = null;
  $("pause").setAttribute("aria-pressed", paused);
  showFreshness();
  if (!paused) {
    $("picture").removeAttribute("src");
    return playPicture();
  }
  try {
    const newest = await newestPicture();
    if (!paused) return; // meanwhile
    still = newest;
    showStill();
    showRead(still.reading);
    showFreshness();
  } catch (error) {
    note(error.message);
    pause(false);
  }
}
$("pause").addEventListener("click", () => pause(!paused));

function showStill() {
  $("picture").src = still[clean ? "clean" : "picture"];
}

$("hide").addEventListener("click", () => {
  clean = !clean;
  $("hide").setAttribute("aria-pressed", clean);
  if (still) return showStill();
  $("picture").removeAttribute("src");
  playPicture();
});

$("full").hidden = !document.fullscreenEnabled;
$("full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else $("picture").parentElement.requestFullscreen();
});

$("save").addEventListener("click", async () => {
  try {
    savePicture(still ?? (await newestPicture()));
  } catch (error) {
    note(`Not saved. ${error.message}`);
  }
});

function note(text) {
  $("note").textContent = text;
  setTimeout(() => ($("note").textContent = ""), NOTE_MS);
}

/* Readings, history and health: server-sent events */
let events = null;

function listen() {
  if (events || document.hidden) return;
  heard = performance.now();
  events = new EventSource("events");
  events.addEventListener("open", () => setConnected(true));
  const tell = (kind, show) =>
    events.addEventListener(kind, (message) => {
      hear();
      show(JSON.parse(message.data));
    });
  tell("reading", showReading);
  tell("history", showHistory);
  tell("fault", showFault);
  tell("health", showHealth);
  events.addEventListener("error", () => {
    setConnected(false);
    if (events?.readyState !== EventSource.CLOSED) return;
    events = null; // refused: too many pages watch
    setTimeout(listen, RETRY_MS);
  });
}

function hear() {
  heard = performance.now();
  heardAt = new Date();
}

/* A device that hangs, or is out of reach, closes no connection. */
function listenAnew() {
  if (!events || performance.now() - heard < SILENT_MS) return;
  events.close();
  events = null;
  setConnected(false);
  listen();
}
setInterval(listenAnew, 500);

function showFault(text) {
  fault = text;
  showFreshness();
}

function setConnected(value) {
  connected = value;
  fault = null;
  if (value) hear();
  else if (!paused) removePicture();
  playPicture();
  showFreshness();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    events?.close();
    events = null;
    playPicture();
  } else listen();
});

function showReading(reading) {
  lastFrame = performance.now() - reading.silent_ms;
  showLatency(reading.latency_ms);
  if (paused) return showFreshness();
  showSteps(reading.num_pictures);
  $("source").textContent = reading.source;
  $("rate").textContent = `${Math.round(reading.frames_per_second)} frames/s`;
  $("age").textContent = `${Math.round(reading.age_ms)} ms old`;
  $("live").style.setProperty("--ratio", reading.width / reading.height);
  showRead(reading);
  showFreshness();
}

function showRead(reading) {
  showNumbers($("numbers"), reading);
  $("nothing").hidden = reading.numbers.length > 0 || reading.fields?.length > 0;
  $("nothing").textContent = reading.error ?? (paused ? "No digits." : NOTHING);
}

let shownNumbers = "";
function showNumbers(list, reading) {
  const confidences = reading.numbers.map((number) =>
    Math.min(...number.digits.map((index) => reading.digits[index].confidence)),
  );
  const texts = reading.numbers.map((number) => number.text);
  showFields(reading.fields ?? []);
  list.hidden = reading.fields?.length > 0;
  // Elements stay while the numbers do, so that nothing is announced twice.
  if (texts.join(" ") !== shownNumbers) {
    shownNumbers = texts.join(" ");
    list.replaceChildren(
      ...texts.map((text) => element("li", { className: "number", text, children: [element("i")] })),
    );
  }
  confidences.forEach((confidence, index) => {
    const item = list.children[index];
    item.classList.toggle("unsure", confidence < 0.9);
    item.title = `least sure digit: ${percent(confidence)}`;
    item.lastElementChild.style.width = percent(confidence);
  });
}

let shownFields = "";
function showFields(fields) {
  if (JSON.stringify(fields) === shownFields) return;
  shownFields = JSON.stringify(fields);
  const items = fields.map(({ name, value, unit, fault }) =>
    element("li", {
      className: fault ? "unsure" : "",
      children: [
        element("small", { text: name }),
        element("b", { text: `${value ?? "–"} ${unit ?? ""}` }),
        element("small", { text: fault ?? "" }),
      ],
    }),
  );
  $("fields").replaceChildren(...items);
}

const pictures = new Map(); // of each number, the newest one
let newest = 0; // serial of the newest event

function showHistory(happenings) {
  if (happenings[0].serial <= newest) $("history").replaceChildren(); // all of it, anew
  newest = happenings.at(-1).serial;
  for (const happening of happenings.slice(-MOST_SHOWN)) {
    const gone = happening.kind === "gone";
    // Serial numbers begin anew with the program, what browsers keep does not.
    const picture = `history/${happening.serial}.jpg?${happening.when_ms}`;
    if (happening.has_picture) pictures.set(happening.number_id, picture);
    let seen = element("span", { className: "none" });
    if (pictures.has(happening.number_id)) {
      seen = element("img");
      seen.src = pictures.get(happening.number_id);
      seen.alt = "";
      seen.loading = "lazy";
    }
    if (gone) pictures.delete(happening.number_id);
    const what = gone ? KINDS.gone : `${KINDS[happening.kind]}, ${percent(happening.confidence)}`;
    const field = happening.field ? `${happening.field} ` : "";
    const text = element("b", { children: [number(happening.text, happening.specimen, happening.given)] });
    const words = element("div", { children: [text, element("small", { text: field + what })] });
    const when = new Date(happening.when_ms);
    const clock = when.toLocaleTimeString([], { hour12: false });
    const time = element("time", { text: `${clock}\n${when.toLocaleDateString()}` });
    const item = element("li", { className: happening.kind, children: [seen, words, time] });
    $("history").prepend(item);
  }
  while ($("history").children.length > MOST_SHOWN) $("history").lastChild.remove();
  $("no-history").hidden = true;
}

/* The device */
const trend = [];

function showLatency(latency) {
  const stages = Object.entries(latency).filter(([name]) => name !== "total");
  const shown = stages.map(([, ms]) => Math.round(10 * ms) / 10);
  // Of what is shown, not rounded by itself, so that it is the sum of the stages.
  const total = shown.reduce((a, b) => a + b, 0);
  $("total").textContent = `${total.toFixed(1)} ms`;
  if ($("bar").children.length !== stages.length) {
    const color = (index) => `s${Math.min(index + 1, 4)}`;
    $("bar").replaceChildren(
      ...stages.map((_, index) => element("i", { className: color(index) })),
    );
    $("stages").replaceChildren(
      ...stages.map(([name], index) =>
        element("li", {
          children: [element("i", { className: color(index) }), `${name} `, element("b")],
        }),
      ),
    );
  }
  stages.forEach(([, ms], index) => {
    $("bar").children[index].style.flexGrow = ms;
    $("stages").children[index].lastElementChild.textContent = `${shown[index].toFixed(1)} ms`;
  });
  trend.push([performance.now(), latency.total]);
  while (performance.now() - trend[0][0] > TREND_S * 1000) trend.shift();
  drawTrend();
}

function drawTrend() {
  const canvas = $("trend");
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const style = getComputedStyle(document.documentElement);
  const most = Math.max(10, ...trend.map(([, ms]) => ms)) * 1.15;
  const x = (when) => width - ((performance.now() - when) / (TREND_S * 1000)) * width;
  const y = (ms) => height - (ms / most) * (height - 4);
  context.clearRect(0, 0, width, height);
  if (trend.length < 2) return;
  context.beginPath();
  for (const [when, ms] of trend) context.lineTo(x(when), y(ms));
  context.lineWidth = 2.5;
  context.lineJoin = "round";
  context.strokeStyle = style.getPropertyValue("--accent");
  context.stroke();
  context.lineTo(x(trend.at(-1)[0]), height);
  context.lineTo(x(trend[0][0]), height);
  context.globalAlpha = 0.12;
  context.fillStyle = style.getPropertyValue("--accent");
  context.fill();
  context.globalAlpha = 1;
}

function showHealth(health) {
  const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  const of = (a, b) => `${(a / 1e9).toFixed(1)} of ${(b / 1e9).toFixed(1)} GB`;
  const rows = [
    ["Processor", health.temperature_c, (c) => `${c.toFixed(0)} °C`, (c) => c >= 80],
    ["Load", health.load, (n) => `${n.toFixed(2)} on ${health.num_cpus}`, (n) => n > 2 * health.num_cpus],
    ["Memory", health.memory_used_bytes, (n) => of(n, health.memory_bytes), (n) => n > 0.92 * health.memory_bytes],
    ["This program", health.process_bytes, mb],
    ["Running for", health.running_s, duration],
    ["Watching", health.num_pages, (n) => (n === 1 ? "1 page" : `${n} pages`)],
    ["Power", health.power, (text) => text || "good", (text) => text !== ""],
    ["Version", health.version, String],
  ];
  const items = rows
    .filter(([, value]) => value !== null)
    .map(([name, value, show, isBad]) =>
      element("div", {
        children: [
          element("dt", { text: name }),
          element("dd", { text: show(value), className: isBad?.(value) ? "warn" : "" }),
        ],
      }),
    );
  $("health").replaceChildren(...items);
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/* Colors: as the system, then the other ones, then back */
$("theme").addEventListener("click", () => {
  const other = darkSystem.matches ? "light" : "dark";
  localStorage.setItem("theme", localStorage.getItem("theme") ? "" : other);
  showTheme();
});

/* Which part the phone's bar stands at */
const links = [...document.querySelectorAll("nav a")];
const seen = new Map();
const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) seen.set(entry.target.id, entry.intersectionRatio);
    const here = [...seen].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    for (const link of links) link.classList.toggle("here", link.hash === `#${here}`);
  },
  { threshold: [0, 0.25, 0.5, 0.75, 1] },
);
for (const link of links) observer.observe(document.querySelector(link.hash));

/* Several cameras: each has a page of its own, and a tab on all of them */
async function showTabs() {
  const current = location.pathname.match(/camera\/([^/]+)\/$/)?.[1];
  if (!current) return;
  const { cameras } = await (await fetch("../../cameras")).json();
  const tabs = cameras.map(({ name, status }) => {
    const tab = element("a", { text: name, className: status });
    tab.href = `../${name}/`;
    if (name === current) tab.ariaCurrent = "page";
    return tab;
  });
  $("tabs").replaceChildren(...tabs);
  $("tabs").hidden = false;
}
setInterval(() => connected && !document.hidden && showTabs().catch(() => {}), 5000);
showTabs().catch(() => {});

watchCorrections();
watchFields();
watchPad();
watchPhotos();
watchSteps(() => paused && pause(false));
listen();
