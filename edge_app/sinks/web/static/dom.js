/* A new element with a class, text and children. */
export function element(name, { className = "", text = "", children = [] } = {}) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/* Rounded down, so that 100% means sure. */
export function percent(share) {
  return `${Math.floor(1000 * share) / 10}%`;
}
