// Elements made of text nodes, never of markup.

const $ = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// A line with an arrow head in the colour of a kind of edge.
const swatch = (kind) => arrowSign(THEME.edges[kind]);

function arrowSign(colour) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 8");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M0 3H10V0.5L16 4L10 7.5V5H0Z");
  path.setAttribute("fill", css(colour));
  svg.append(path);
  return svg;
}

function tint(node) {
  const dot = make("span", { class: "dot" });
  dot.style.background = css(hueOf(node));
  return dot;
}

// A set of choices of which one is taken: arrow keys go from one to the next, as in any radio group.
function choices(host, options, chosen, take) {
  const buttons = options.map(({ value, text, title, disabled }) =>
    make("button", {
      type: "button", role: "radio", "aria-checked": String(value === chosen), tabindex: value === chosen ? "0" : "-1",
      title: title ?? null, disabled: disabled ?? false, "data-value": value, onclick: () => take(value),
    }, text));
  host.replaceChildren(...[...host.children].filter((child) => child.tagName === "SPAN"), ...buttons);
  host.onkeydown = (event) => {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const able = buttons.filter((button) => !button.disabled);
    if (!move || !able.length) return;
    event.preventDefault();
    event.stopPropagation();
    const next = able[(able.indexOf(document.activeElement) + move + able.length) % able.length];
    take(options[buttons.indexOf(next)].value);
    host.querySelector('[aria-checked="true"]')?.focus();
  };
}
