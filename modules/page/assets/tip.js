// Shows the actions and ARNs of a permission beside its cell, on hover and on focus.
const tip = document.getElementById("tip");
let cell = null, leaving = 0;

const show = (next) => {
  clearTimeout(leaving);
  if (next === cell) return;
  hide();
  const grant = document.getElementById(decodeURIComponent(next.hash.slice(1)));
  tip.replaceChildren(...[...grant.childNodes].map((node) => node.cloneNode(true)));
  tip.hidden = false;
  cell = next;
  cell.classList.add("on");
  cell.setAttribute("aria-describedby", "tip");
  place();
};
const place = () => {
  const box = cell.getBoundingClientRect();
  const below = box.bottom + tip.offsetHeight + 14 < innerHeight || box.top < tip.offsetHeight + 14;
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${below ? Math.min(box.bottom + 6, innerHeight - tip.offsetHeight - 8) : box.top - tip.offsetHeight - 6}px`;
};
const hide = () => {
  clearTimeout(leaving);
  tip.hidden = true;
  cell?.classList.remove("on");
  cell?.removeAttribute("aria-describedby");
  cell = null;
};
// Long enough to move the pointer from the cell into the tip.
const leave = () => {
  clearTimeout(leaving);
  leaving = setTimeout(hide, 200);
};

const table = document.getElementById("permissions");
for (const [enter, exit] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
  table.addEventListener(enter, (event) => {
    const over = event.target.closest(".cell");
    if (over && event.pointerType !== "touch") show(over);
  });
  table.addEventListener(exit, (event) => { if (event.target.closest(".cell")) leave(); });
}
tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", leave);
addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
addEventListener("scroll", (event) => { if (cell && event.target !== tip) place(); }, { capture: true, passive: true });
addEventListener("hashchange", hide);
