// What is shown, as the part of the address after `#`: a link to it shows the same.

function addressNow() {
  const parts = new URLSearchParams();
  const set = (name, value, usual) => value !== usual && parts.set(name, value);
  set("view", STATE.view === "change" ? "map" : STATE.view, "map"); // a change is over before its address is read
  set("node", STATE.selected >= 0 ? idOf(STATE.selected) : "", "");
  set("at", OPENING.here ? idOf(OPENING.here) : "", "");
  set("paint", STATE.paint, "way");
  set("distance", String(STATE.distance), "1");
  set("colour", STATE.colour, "area");
  set("kinds", EDGE_KINDS.filter((_, at) => (FILTER.kinds >> at) & 1).join(","), EDGE_KINDS.join(","));
  set("confidence", String(FILTER.confidence ?? ""), "");
  set("detail", String(OPENING.detail), String(FIRST_VIEW));
  set("links", String(STATE.links), "1");
  set("cycle", String(STATE.cycle), "0");
  set("among", CYCLES.level, "file");
  const theme = document.documentElement.dataset.chosen;
  if (theme) parts.set("theme", theme);
  return parts.toString();
}

let addressWritten = "";

function writeAddress() {
  const text = addressNow();
  if (text === addressWritten) return;
  addressWritten = text;
  try {
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  } catch {
    vscode?.setState?.({ address: text }); // a webview may not write its address
  }
}

// Takes over what an address says; what it says wrong, or not at all, is as usual.
function readAddress(text) {
  const parts = new URLSearchParams(text);
  const among = (name, known, usual) => (known.includes(parts.get(name)) ? parts.get(name) : usual);
  STATE.view = among("view", ["map", "focus", "impact", "cycles"], "map");
  STATE.colour = among("colour", [...$("colour").options].map((option) => option.value), "area");
  STATE.paint = among("paint", ["way", "kind"], "way");
  STATE.selected = parts.get("node") ? nodeOf(parts.get("node")) : -1;
  OPENING.here = Math.max(0, parts.get("at") ? nodeOf(parts.get("at")) : 0);
  STATE.distance = Number(among("distance", ["1", "2", "3"], "1"));
  STATE.links = Number(among("links", AMOUNTS.map(String), "1"));
  OPENING.detail = Number(among("detail", DETAILS.map(String), String(FIRST_VIEW)));
  FILTER.confidence = parts.has("confidence") ? clamp(Number(parts.get("confidence")) || 0, 0, 100) : null;
  STATE.cycle = Math.max(0, Math.floor(Number(parts.get("cycle")) || 0));
  CYCLES.level = among("among", ["file", "folder"], "file");
  const kinds = parts.get("kinds")?.split(",") ?? EDGE_KINDS;
  FILTER.kinds = EDGE_KINDS.reduce((bits, kind, at) => (kinds.includes(kind) ? bits | (1 << at) : bits), 0);
  const theme = among("theme", ["dark", "light"], "");
  if (theme) document.documentElement.dataset.chosen = theme;
  tellMissing(parts);
  if (["focus", "impact"].includes(STATE.view) && STATE.selected < 0) STATE.view = "map";
  addressWritten = text;
}

// Says what an address means that this graph has not: it was renamed since, or the graph is of a part of the project.
function tellMissing(parts) {
  const gone = ["node", "at"].map((name) => parts.get(name)).filter((id) => id && nodeOf(id) < 0);
  const needs = ["focus", "impact"].includes(STATE.view) && !parts.get("node");
  if (gone.length) notice(`${visible(gone[0]).slice(0, 200)} is not in this graph. Search for it, or draw the graph anew.`, "address");
  else if (needs) notice(`Choose a box first, then ${STATE.view === "focus" ? "Focus" : "Impact"}.`, "address");
  else if ($("notice").dataset.about === "address") $("notice").hidden = true;
}
