// Marks the section that one reads in the navigation.
const links = new Map([...document.querySelectorAll(".side nav a")].map((link) => [link.hash.slice(1), link]));
const sections = [...links.keys()].map((id) => document.getElementById(id));
let current = null;

const mark = () => {
  const seen = sections.filter((one) => !one.classList.contains("away") && one.getBoundingClientRect().top < 180);
  const link = links.get((seen.at(-1) ?? sections[0]).id);
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  current = link;
  const list = link.closest("nav");
  if (list.scrollWidth > list.clientWidth) list.scrollTo({ left: link.offsetLeft - 24 });
};

let waits = false;
const later = () => {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => {
    waits = false;
    mark();
  });
};
addEventListener("scroll", later, { passive: true });
addEventListener("resize", later);
mark();
