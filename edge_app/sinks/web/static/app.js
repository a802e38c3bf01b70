import { element, percent } from "./dom.js";
import { watchPad } from "./pad.js";
import { watchPhotos } from "./photo.js";

const $ = (id) => document.getElementById(id);
const STALE_MS = 3000; // without a frame: the camera is gone, or paused
const RETRY_MS = 3000;
const MOST_SHOWN = 40;
const TREND_S = 60;
const KINDS = { settled: "read", changed: "changed", gone: "gone" };

/* State, at the top */
let lastFrame = 0;
let connected = false;
let paused = false;
let fault = null; // what is wrong with the camera, in the device's words

function showState(state, text) {
  $("state").dataset.state = state;
  $("state").lastElementChild.textContent = text;
}

function showFreshness() {
  const stale = performance.now() - lastFrame > STALE_MS;
  if (!connected) showState("lost", "no connection");
  else if (paused) showState("waiting", "paused");
  else if (!lastFrame || stale || fault) showState("waiting", "waiting");
  else showState("live", "live");
  const blank = !connected || !lastFrame || ((stale || fault) && !paused);
  $("blank").hidden = !blank;
  $("blank").querySelector("b").textContent = connected
    ? "Waiting for the camera"
    : "No connection to the device";
  const seconds = Math.round((performance.now() - lastFrame) / 1000);
  const last = lastFrame ? `last picture ${seconds} s ago` : "";
  $("why").textContent = (connected && fault) || last;
  document.title = connected && !stale && !fault ? "edge-digits" : "edge-digits – waiting";
}
setInterval(showFreshness, 500);

/* The picture: a stream of JPEGs, only while somebody can see it */
function playPicture() {
  const wanted = connected && !paused && !document.hidden;
  const playing = $("picture").hasAttribute("src");
  if (wanted && !playing) $("picture").src = `picture?${Date.now()}`;
  if (!wanted && playing && !paused) $("picture").removeAttribute("src");
}
$("picture").addEventListener("load", () => ($("picture").hidden = false));
$("picture").addEventListener("error", () => {
  $("picture").removeAttribute("src");
  setTimeout(playPicture, RETRY_MS);
});

$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", paused);
  if (paused) $("picture").src = `picture.jpg?${Date.now()}`; // one picture that stays
  else $("picture").removeAttribute("src");
  playPicture();
  showFreshness();
});

/* Readings, history and health: server-sent events */
let events = null;

function listen() {
  if (events || document.hidden) return;
  events = new EventSource("events");
  events.addEventListener("open", () => setConnected(true));
  events.addEventListener("reading", (each) => showReading(JSON.parse(each.data)));
  events.addEventListener("history", (each) => showHistory(JSON.parse(each.data)));
  events.addEventListener("fault", (each) => showFault(JSON.parse(each.data)));
  events.addEventListener("health", (each) => showHealth(JSON.parse(each.data)));
  events.addEventListener("error", () => {
    setConnected(false);
    if (events?.readyState !== EventSource.CLOSED) return;
    events = null; // refused: too many pages watch
    setTimeout(listen, RETRY_MS);
  });
}

function showFault(text) {
  fault = text;
  showFreshness();
}

function setConnected(value) {
  connected = value;
  fault = null;
  if (!value) $("picture").removeAttribute("src");
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
  lastFrame = performance.now();
  showLatency(reading.latency_ms);
  if (paused) return;
  $("source").textContent = reading.source;
  $("rate").textContent = `${Math.round(reading.frames_per_second)} frames/s`;
  $("age").textContent = `${Math.round(reading.age_ms)} ms old`;
  $("live").style.setProperty("--ratio", reading.width / reading.height);
  showNumbers($("numbers"), reading);
  $("nothing").hidden = reading.numbers.length > 0;
  showFreshness();
}

let shownNumbers = "";
function showNumbers(list, reading) {
  const confidences = reading.numbers.map((number) =>
    Math.min(...number.digits.map((index) => reading.digits[index].confidence)),
  );
  const texts = reading.numbers.map((number) => number.text);
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

const pictures = new Map(); // of each number, the newest one

function showHistory(happenings) {
  if (happenings[0]?.serial === 1) $("history").replaceChildren(); // all of it, anew
  for (const each of happenings.slice(-MOST_SHOWN)) {
    const gone = each.kind === "gone";
    // Serial numbers begin anew with the program, what browsers keep does not.
    const picture = `history/${each.serial}.jpg?${each.when_ms}`;
    if (each.has_picture) pictures.set(each.number_id, picture);
    let seen = element("span", { className: "none" });
    if (pictures.has(each.number_id)) {
      seen = element("img");
      seen.src = pictures.get(each.number_id);
      seen.alt = "";
      seen.loading = "lazy";
    }
    if (gone) pictures.delete(each.number_id);
    const what = gone ? KINDS.gone : `${KINDS[each.kind]}, ${percent(each.confidence)}`;
    const words = element("div", {
      children: [element("b", { text: each.text }), element("small", { text: what })],
    });
    const time = element("time", {
      text: new Date(each.when_ms).toLocaleTimeString([], { hour12: false }),
    });
    const item = element("li", { className: each.kind, children: [seen, words, time] });
    $("history").prepend(item);
  }
  while ($("history").children.length > MOST_SHOWN) $("history").lastChild.remove();
  $("no-history").hidden = true;
}

/* The device */
const trend = [];

function showLatency(latency) {
  const stages = Object.entries(latency).filter(([name]) => name !== "total");
  $("total").textContent = `${latency.total.toFixed(1)} ms`;
  if ($("bar").children.length !== stages.length) {
    const colour = (index) => `s${Math.min(index + 1, 4)}`;
    $("bar").replaceChildren(
      ...stages.map((_, index) => element("i", { className: colour(index) })),
    );
    $("stages").replaceChildren(
      ...stages.map(([name], index) =>
        element("li", {
          children: [element("i", { className: colour(index) }), `${name} `, element("b")],
        }),
      ),
    );
  }
  stages.forEach(([, ms], index) => {
    $("bar").children[index].style.flexGrow = ms;
    $("stages").children[index].lastElementChild.textContent = `${ms.toFixed(1)} ms`;
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

/* Colours: as the system, then the other ones, then back */
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const next = root.dataset.theme ? "" : dark ? "light" : "dark";
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  localStorage.setItem("theme", next);
});

/* Which part the phone's bar stands at */
const links = [...document.querySelectorAll("nav a")];
const seen = new Map();
const observer = new IntersectionObserver(
  (entries) => {
    for (const each of entries) seen.set(each.target.id, each.intersectionRatio);
    const here = [...seen].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    for (const link of links) link.classList.toggle("here", link.hash === `#${here}`);
  },
  { threshold: [0, 0.25, 0.5, 0.75, 1] },
);
for (const link of links) observer.observe(document.querySelector(link.hash));

watchPad();
watchPhotos();
listen();
