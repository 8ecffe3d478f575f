// What is shown of the graph: kinds of edges, confidence, colour, how much of it at a time.

const DETAILS = [30, 60, 120, 300, 800, 2000, 5000];
const AMOUNTS = [0.25, 0.5, 1, 3, 1000];
const AMOUNT_NAMES = ["fewest", "fewer", "strongest", "many", "all"];

const KIND_COUNTS = new Int32Array(EDGE_KINDS.length);
for (let edge = 0; edge < EDGES.size; edge++) KIND_COUNTS[EDGES.kind[edge]] += 1;

function showKinds() {
  const rows = EDGE_KINDS.map((kind, at) => {
    const box = make("input", { type: "checkbox", checked: Boolean((FILTER.kinds >> at) & 1), onchange: () => {
      FILTER.kinds ^= 1 << at;
      refresh(true);
    } });
    return make("label", { class: KIND_COUNTS[at] ? null : "none" }, box, swatch(at), make("span", {}, kind), make("i", {}, short(KIND_COUNTS[at])));
  });
  $("kinds").replaceChildren(...rows.filter((_, at) => KIND_COUNTS[at]));
}

// What the colours of links mean: their way over the map, or the kind that most of their edges are of.
function showPaint() {
  choices($("paint"), [{ value: "way", text: "By way" }, { value: "kind", text: "By kind" }], STATE.paint, (value) => {
    STATE.paint = value;
    refresh(true);
  });
  const sign = (way, text) => make("span", {}, arrowSign(THEME.ways[way]), text);
  $("ways").replaceChildren(sign(0, "down, as layers do"), sign(1, "up, against them"));
  $("ways").hidden = STATE.paint !== "way";
}

function showColour() {
  const heat = HEATS[STATE.colour];
  const host = $("heat");
  $("colour").value = STATE.colour;
  host.hidden = !heat;
  if (!heat) return;
  const strip = make("canvas", { width: 96, height: 8, "aria-hidden": "true" });
  const pen = strip.getContext("2d");
  for (let x = 0; x < 96; x++) {
    pen.fillStyle = css(ramp(THEME.heat, x / 95));
    pen.fillRect(x, 0, 1, 8);
  }
  host.replaceChildren("few", strip, "many");
}

function showFilters() {
  showKinds();
  showPaint();
  showColour();
  $("confidence").value = leastNow();
  $("confidence-value").textContent = (leastNow() / 100).toFixed(2);
  $("detail").value = DETAILS.indexOf(OPENING.detail);
  $("detail-value").textContent = `about ${counted(OPENING.detail, "group")}`;
  $("amount").value = AMOUNTS.indexOf(STATE.links);
  $("amount-value").textContent = AMOUNT_NAMES[AMOUNTS.indexOf(STATE.links)];
}

function makeFilters() {
  const colours = [["area", "By area"], ["tokens", "By tokens"], ["glue", "By share of glue"]];
  if (CHURN) colours.push(["churn", "By commits"]);
  if (FINDINGS) colours.push(["findings", "By findings"]);
  $("colour").append(...colours.map(([value, text]) => make("option", { value }, text)));
  const on = (id, event, act) => $(id).addEventListener(event, () => (act($(id).value), refresh(true)));
  on("colour", "change", (value) => (STATE.colour = value));
  on("confidence", "input", (value) => (FILTER.confidence = Number(value)));
  on("detail", "input", (value) => (OPENING.detail = DETAILS[value]));
  on("amount", "input", (value) => (STATE.links = AMOUNTS[value]));
}
