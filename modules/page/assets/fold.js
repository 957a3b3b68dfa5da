// Opens what a link leads to, and everything before the page is printed.
const openAround = (element) => {
  for (let at = element; at; at = at.parentElement) if (at.localName === "details") at.open = true;
};

const arrive = () => {
  const element = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const old of document.querySelectorAll(".grant.target")) old.classList.remove("target");
  if (!element) return;
  openAround(element);
  if (element.classList.contains("grant")) element.classList.add("target");
  element.scrollIntoView();
  (element.querySelector(":scope > summary, :scope > h2") ?? element).focus({ preventScroll: true });
};

addEventListener("hashchange", arrive);
// A link to where one already is changes no hash.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link && link.getAttribute("href") === location.hash) arrive();
});

let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});

arrive();
