import { number } from "../correct.js";
import { element, percent } from "../dom.js";

/* The numbers read, how sure each digit is, and what else it may be. */
export function showResult(place, reading) {
  const ms = `read in ${reading.latency_ms.total.toFixed(0)} ms`;
  if (!reading.digits.length) {
    const unsure = reading.num_rejects ? "Nothing that is surely a digit." : "No digits found.";
    place.replaceChildren(element("small", { text: `${unsure} (${ms})` }));
    return;
  }
  const shown = ({ text }, index) => [number(text, reading.specimens[index]), "  "];
  const digits = reading.digits.map((digit) => {
    const others = (digit.alternatives ?? []).filter(
      ([label, share]) => label !== digit.label && share >= 0.01,
    );
    const rest = others.map(([label, share]) => `${label} ${percent(share)}`).join(", ");
    const sure = ` ${percent(digit.confidence)}${rest ? `, else ${rest}` : ""}`;
    return element("li", { children: [element("b", { text: String(digit.label) }), sure] });
  });
  place.replaceChildren(
    element("strong", { children: reading.numbers.flatMap(shown) }),
    element("small", { text: ms }),
    element("ul", { children: digits.length <= 12 ? digits : [] }),
  );
}

export function showError(place, error) {
  place.replaceChildren(element("span", { className: "error", text: error.message }));
}
