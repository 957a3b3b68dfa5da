// Moves and zooms the pictures: by pointer, wheel, buttons and keys.
const STEP = 1.25;
const MOST = 4;

for (const figure of document.querySelectorAll("figure.picture")) {
  const frame = figure.querySelector(".frame");
  const svg = frame.querySelector("svg");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let x = 0, y = 0, scale = 1, least = 1, isFitted = true;

  const draw = () => {
    const room = { x: frame.clientWidth, y: frame.clientHeight };
    x = Math.min(Math.max(x, Math.min(0, room.x - width * scale)), Math.max(0, (room.x - width * scale) / 2));
    y = Math.min(Math.max(y, Math.min(0, room.y - height * scale)), 0);
    svg.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  };
  const zoom = (to, atX = frame.clientWidth / 2, atY = frame.clientHeight / 2) => {
    const next = Math.min(Math.max(to, least), MOST);
    x = atX - ((atX - x) * next) / scale;
    y = atY - ((atY - y) * next) / scale;
    scale = next;
    isFitted = next === least;
    draw();
  };
  // By the width: a picture of many services is tall, and would be a stripe.
  const fit = () => {
    scale = least = Math.min(1, frame.clientWidth / width);
    frame.style.height = `${Math.ceil(Math.min(height * scale, innerHeight * 0.75))}px`;
    x = y = 0;
    isFitted = true;
    draw();
  };
  const move = (byX, byY) => {
    x += byX;
    y += byY;
    draw();
  };

  frame.classList.add("moves");
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  figure.querySelector(".tools").hidden = false;
  const does = { in: () => zoom(scale * STEP), out: () => zoom(scale / STEP), fit, full: () => zoom(1) };
  figure.querySelector(".tools").addEventListener("click", (event) => does[event.target.dataset.zoom]?.());

  const keys = {
    ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
    "+": does.in, "=": does.in, "-": does.out, 0: fit, 1: does.full,
  };
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
  });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  let from = null, hasMoved = false;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button === 0) from = { x: event.clientX, y: event.clientY };
    hasMoved = false;
  });
  addEventListener("pointermove", (event) => {
    if (!from) return;
    const by = { x: event.clientX - from.x, y: event.clientY - from.y };
    if (!hasMoved && Math.hypot(by.x, by.y) < 5) return;
    hasMoved = true;
    from = { x: event.clientX, y: event.clientY };
    move(by.x, event.pointerType === "touch" ? 0 : by.y);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { from = null; });
  // The end of a drag is no click on a service; and the browser's own drag of a link would end ours.
  frame.addEventListener("click", (event) => { if (hasMoved) event.preventDefault(); }, true);
  frame.addEventListener("dragstart", (event) => event.preventDefault());

  // A service that has the focus is in the frame.
  frame.addEventListener("focusin", (event) => {
    if (event.target === frame) return;
    frame.scrollTo(0, 0);
    const box = frame.getBoundingClientRect();
    const one = event.target.getBoundingClientRect();
    const beyond = (start, end, low, high) => (start < low ? low - start + 24 : end > high ? high - end - 24 : 0);
    move(beyond(one.left, one.right, box.left, box.right), beyond(one.top, one.bottom, box.top, box.bottom));
  });
  new ResizeObserver(() => { if (isFitted) fit(); }).observe(figure);
  fit();
}
