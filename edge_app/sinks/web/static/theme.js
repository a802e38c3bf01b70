// Before the page is drawn, so that it does not flash in the other colors.
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  const system = darkSystem.matches ? "dark" : "light";
  document.documentElement.dataset.theme = localStorage.getItem("theme") || system;
}
darkSystem.addEventListener("change", showTheme);
showTheme();
