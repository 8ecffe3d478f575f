// Elements made from data. Text only ever becomes a text node or an attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const whole = new Intl.NumberFormat("en");
const number = (value) => whole.format(value);
const plural = (count, word) => `${number(count)} ${count === 1 ? word : `${word}s`}`;

function short(value) {
  if (value < 10000) return number(value);
  if (value < 999500) return `${value < 99950 ? (value / 1000).toFixed(1) : Math.round(value / 1000)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
}

function percent(share) {
  if (share > 0 && share < 0.001) return "<0.1 %";
  if (share < 1 && share > 0.999) return ">99.9 %";
  const digits = share === 0 || share === 1 ? 0 : 1;
  return `${(share * 100).toFixed(digits)} %`;
}

// Draws for the width that is there, and again when it changes.
function responsive(draw) {
  const box = el("div", { class: "plot" });
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(box.clientWidth);
    if (width > 0 && width !== drawn) {
      drawn = width;
      box.replaceChildren(draw(width));
    }
  };
  box.redraw = () => {
    drawn = 0;
    redraw();
  };
  new ResizeObserver(() => requestAnimationFrame(redraw)).observe(box);
  setTimeout(redraw); // once the box is in the page, whether or not a frame is ever shown (a print, a dump)
  return box;
}

// One tooltip for everything that has a data-tip, by pointer and by keyboard focus.
function startTooltip() {
  const tip = document.getElementById("tip");
  const hide = () => { tip.hidden = true; };
  const show = (target, x, y) => {
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(x - width / 2, document.documentElement.clientWidth - width - 8))}px`;
    tip.style.top = `${y - height - 12 < 8 ? y + 18 : y - height - 12}px`;
  };
  document.addEventListener("pointermove", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
    if (target) show(target, event.clientX, event.clientY);
    else hide();
  });
  document.addEventListener("focusin", (event) => {
    const target = event.target.closest("[data-tip]");
    if (!target || !target.matches(":focus-visible")) return hide();
    const place = target.getBoundingClientRect();
    return show(target, place.left + place.width / 2, place.top);
  });
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}
