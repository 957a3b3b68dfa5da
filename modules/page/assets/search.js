// Hides what has not all of the words that are searched for, and opens what has.
const MOST_OPENED = 400;
const field = document.getElementById("search");
const status = document.getElementById("found");
const nothing = document.getElementById("nothing");

// Rows of a service's section count as a part of it.
const items = [...document.querySelectorAll("main tbody tr, main [data-item]")]
  .filter((one) => !one.parentElement.closest("[data-item]"))
  .map((element) => ({
    element,
    section: element.closest("section"),
    fold: element.localName === "details" ? element : element.closest("details"),
    text: `${element.closest("[data-q]")?.dataset.q ?? ""} ${element.textContent}`.toLowerCase(),
    shown: true,
  }));
const sections = new Map([...document.querySelectorAll("main > section")].map((one) => [one, one.querySelector(".found")]));
const folds = new Map(items.filter((one) => one.fold).map((one) => [one.fold, null]));

const count = (found) => {
  const counts = new Map();
  for (const one of found) {
    counts.set(one.section, (counts.get(one.section) ?? 0) + 1);
    if (one.fold) counts.set(one.fold, (counts.get(one.fold) ?? 0) + 1);
  }
  return counts;
};

const restore = () => {
  for (const [fold, open] of folds) {
    if (open !== null) fold.open = open;
    folds.set(fold, null);
    fold.hidden = false;
  }
  for (const [section, label] of sections) {
    section.classList.remove("away");
    label.textContent = "";
  }
};

const search = () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter((one) => words.every((word) => one.text.includes(word)));
  const shown = new Set(found);
  for (const one of items) {
    if (one.shown === shown.has(one)) continue;
    one.shown = !one.shown;
    one.element.hidden = !one.shown;
  }
  nothing.hidden = found.length > 0;
  if (!words.length) {
    restore();
    status.textContent = "";
    return;
  }
  const counts = count(found);
  for (const [fold, open] of folds) {
    fold.hidden = !counts.has(fold);
    if (open === null) folds.set(fold, fold.open);
    fold.open = found.length > MOST_OPENED ? folds.get(fold) : !fold.hidden;
  }
  for (const [section, label] of sections) {
    section.classList.toggle("away", !counts.has(section));
    label.textContent = counts.has(section) ? `${counts.get(section)} found` : "";
  }
  status.textContent = `${found.length} found`;
};

field.addEventListener("input", search);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target.localName !== "input") {
    field.focus();
    field.select();
    event.preventDefault();
  } else if (event.key === "Escape" && event.target === field && field.value) {
    field.value = "";
    search();
    event.preventDefault();
  }
});
// What was hidden is there again before one follows a link to it.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('main a[href^="#"], .side nav a');
  const goal = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (goal?.closest("[hidden], .away") && field.value) {
    field.value = "";
    search();
  }
}, true);
if (field.value) search();
