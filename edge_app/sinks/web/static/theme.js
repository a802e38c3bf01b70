// Before the page is drawn, so that it does not flash in the other colors.
const kept = localStorage.getItem("theme");
if (kept) document.documentElement.dataset.theme = kept;
