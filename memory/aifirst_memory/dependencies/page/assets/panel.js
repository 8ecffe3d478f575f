// The panel of what is chosen: what it is, where it stands in the source, and what it depends on, kind by kind.

const FIRST_ROWS = 12;
const vscode = typeof acquireVsCodeApi === "function" ? acquireVsCodeApi() : null;

// Address of a place in the source; empty where the page was given no way to get there.
function addressOf(path, line) {
  if (!path || !DATA.link) return "";
  const encoded = (text) => text.split("/").map(encodeURIComponent).join("/").replace(/%3A/g, ":");
  const values = { root: encoded(DATA.root.replace(/^\/+|\/+$/g, "")), path: encoded(path), line: String(Math.max(1, line)) };
  return DATA.link.replace(/\{(root|path|line)\}/g, (_, name) => values[name]);
}

const isSafe = (address) => !/^\s*(javascript|data|vbscript):/i.test(address);

// A link to the source, or plain text where there is none.
function sourceLink(text, path, line, attributes = {}) {
  if (vscode && path) {
    const open = (event) => (event.preventDefault(), vscode.postMessage({ type: "open", path, line: Math.max(1, line) }));
    return make("a", { href: "#", onclick: open, ...attributes }, text);
  }
  const address = addressOf(path, line);
  return address && isSafe(address) ? make("a", { href: address, ...attributes }, text) : make("span", attributes, text);
}

function openSource(node) {
  const [path, line] = [pathOf(node), TREE.line[node]];
  if (!path || TREE.kind[node] < FILE) return;
  if (vscode) vscode.postMessage({ type: "open", path, line: Math.max(1, line) });
  else if (addressOf(path, line) && isSafe(addressOf(path, line))) location.assign(addressOf(path, line));
}

// The nodes at the other end of all edges of a node, by kind of edge: most edges first.
function neighbours(node, direction) {
  const { first, list } = ADJACENT[direction];
  const [own, other] = direction === "out" ? [EDGES.source, EDGES.target] : [EDGES.target, EDGES.source];
  const kinds = EDGE_KINDS.map(() => new Map());
  for (let at = first[node]; at < first[TREE.last[node]]; at++) {
    const edge = list[at];
    if (!counts(edge) || inside(other[edge], node) || !inside(own[edge], node)) continue;
    const end = TREE.kind[node] <= FOLDER ? fileOf(other[edge]) : other[edge];
    const found = kinds[EDGES.kind[edge]];
    const known = found.get(end);
    if (known) known.count += 1;
    else found.set(end, { node: end, count: 1, edge });
  }
  return kinds.map((found) => [...found.values()].sort((a, b) => b.count - a.count || a.node - b.node));
}

function neighbourRow({ node, count, edge }) {
  const name = TREE.kind[node] === UNIT ? visible(TREE.name[node]) : nameOf(node);
  const where = TREE.kind[node] === UNIT ? pathOf(node).split("/").pop() : whereOf(node);
  const path = pathOf(EDGES.path.get(edge) ?? fileOf(EDGES.source[edge]));
  const line = EDGES.line[edge];
  return make("li", {},
    make("button", { type: "button", title: visible(idOf(node)), onclick: () => choose(node, true) }, name, " ",
      make("small", {}, count > 1 ? `${count} × ` : "", where)),
    line ? sourceLink(`:${line}`, path, line, { class: "line", title: `${visible(path)}:${line}` }) : "");
}

function neighbourList(kind, rows, opened) {
  const list = make("ul", {}, ...rows.slice(0, FIRST_ROWS).map(neighbourRow));
  if (rows.length > FIRST_ROWS) {
    const more = make("button", { type: "button", class: "more", onclick: () => list.replaceChildren(...rows.slice(0, 400).map(neighbourRow)) },
      `${rows.length - FIRST_ROWS} more`);
    list.append(make("li", {}, more));
  }
  return make("details", { open: opened }, make("summary", {}, swatch(kind), make("span", {}, EDGE_KINDS[kind]), make("i", {}, short(rows.length))), list);
}

function neighbourSection(node, direction, title) {
  const kinds = neighbours(node, direction);
  // A test both calls and tests a unit, which makes it one dependent.
  const total = new Set(kinds.flatMap((rows) => rows.map((row) => row.node))).size;
  const heading = make("h4", {}, title, " ", make("i", {}, short(total)));
  const shown = kinds.map((rows, kind) => [rows, kind]).filter(([rows]) => rows.length);
  const lists = shown.map(([rows, kind], at) => neighbourList(kind, rows, at === 0 && rows.length <= 40));
  return [heading, ...(lists.length ? lists : [make("p", { class: "quiet" }, "Nothing.")])];
}

function figures(node) {
  const rows = [["Tokens", TREE.tokens[node] ? short(TREE.tokens[node]) : ""]];
  if (TREE.tokens[node]) rows.push(["Glue", `${Math.round((100 * TREE.glue[node]) / TREE.tokens[node])} %`]);
  if (TREE.kind[node] <= FOLDER) rows.push(["Files", short(TREE.files[node])]);
  else if (TREE.line[node]) rows.push(["Lines", short(TREE.end[node] - TREE.line[node] + 1)]);
  if (TREE.units[node] > 1) rows.push(["Units", short(TREE.units[node])]);
  if (CHURN?.[node] && TREE.kind[node] <= FILE) rows.push(["Commits", short(CHURN[node])]);
  if (FINDINGS) rows.push(["Findings", short(FINDINGS[node])]);
  const known = rows.filter(([, value]) => value !== "");
  return known.length ? make("dl", {}, ...known.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))) : "";
}

const stepDot = (step) => {
  const dot = make("span", { class: "dot" });
  dot.style.background = css(THEME.reach[Math.min(step, THEME.reach.length - 1)]);
  return dot;
};

// What breaks, surest first, then nearest; above it how much of it is how far away.
function impactSection(node) {
  const { steps, sure } = impactOf(node);
  const found = [];
  const counts = [];
  for (let at = 1; at < TREE.size; at++) {
    if (steps[at] <= 0) continue;
    found.push(at);
    counts[steps[at]] = (counts[steps[at]] ?? 0) + 1;
  }
  found.sort((a, b) => sure[b] - sure[a] || steps[a] - steps[b] || a - b);
  const parts = [make("h4", {}, "Breaks if it changes ", make("i", {}, short(found.length)))];
  if (!found.length) parts.push(make("p", { class: "quiet" }, "Nothing in this project is known to depend on it."));
  const rings = counts.map((count, step) => make("div", {}, stepDot(step), make("span", { class: "text" }, counted(step, "step")), " ", make("i", {}, short(count))));
  parts.push(make("div", { class: "rings" }, ...rings.filter(Boolean)));
  const row = (at) => impactRow(at, steps[at], sure[at]);
  const list = make("ul", { class: "impact" }, ...found.slice(0, 60).map(row));
  if (found.length > 60) {
    const more = make("button", { type: "button", class: "more", onclick: () => list.replaceChildren(...found.slice(0, 1000).map(row)) },
      `${(found.length - 60).toLocaleString("en")} more, less sure`);
    list.append(make("li", {}, more));
  }
  return [...parts, list];
}

const impactRow = (node, step, sure) =>
  make("li", {}, stepDot(step), make("button", { type: "button", title: `${visible(idOf(node))}, ${counted(step, "step")} away`, onclick: () => choose(node, true) },
    TREE.kind[node] === UNIT ? visible(TREE.name[node]) : nameOf(node), " ", make("small", {}, visible(pathOf(node).split("/").slice(-2).join("/")))),
    make("i", { title: "Confidence" }, sure.toFixed(2)));

function cyclesSection() {
  const sets = findCycles();
  const level = make("div", { class: "choices", role: "radiogroup", "aria-label": "Cycles among" });
  choices(level, [{ value: "file", text: "Files" }, { value: "folder", text: "Folders" }], CYCLES.level, (value) => {
    CYCLES.level = value;
    STATE.cycle = 0;
    refresh(true);
  });
  const rows = sets.slice(0, 200).map((set, at) =>
    make("li", {}, make("button", { type: "button", "aria-current": at === STATE.cycle ? "true" : null, onclick: () => ((STATE.cycle = at), refresh(true)) },
      at === STATE.cycle ? "● " : "", counted(set.length, CYCLES.level), " ", make("small", {}, set.slice(0, 3).map(nameOf).join(", ")))));
  const none = make("p", { class: "quiet" }, "None: everything depends one way.");
  return [make("header", {}, make("h3", {}, counted(sets.length, "cycle"))),
    make("p", { class: "quiet" }, "Red links are the few to cut: without them nothing goes in circles."), level, sets.length ? make("ul", {}, ...rows) : none];
}

function nodeSection(node) {
  const path = pathOf(node);
  const place = TREE.line[node] && TREE.kind[node] === UNIT ? `${path}:${TREE.line[node]}` : path;
  const act = (view, text, key) => make("button", { type: "button", title: `${text} (${key})`, "aria-pressed": String(STATE.view === view), onclick: () => switchTo(STATE.view === view ? "map" : view) }, text);
  return [
    make("header", {}, make("h3", {}, tint(node), TREE.kind[node] === UNIT ? visible(TREE.name[node]) : nameOf(node)),
      make("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => choose(-1) }, "✕")),
    make("p", { class: "where" }, make("span", { class: "kind" }, kindOf(node), " "), path ? sourceLink(visible(place), path, TREE.line[node]) : ""),
    make("div", { class: "actions" }, act("focus", "Focus", "f"), act("impact", "Impact", "i"),
      isOpenable(node) ? make("button", { type: "button", title: "Open (Enter)", onclick: () => (switchTo("map"), enter(node)) }, "Open") : null),
    figures(node),
  ];
}

function showPanel() {
  const node = STATE.selected;
  const panel = $("panel");
  const ofChange = STATE.view === "change" && node < 0;
  panel.hidden = node < 0 && STATE.view !== "cycles" && !ofChange;
  const parts = STATE.view === "cycles" ? cyclesSection() : [];
  if (ofChange) parts.push(...changeSection());
  if (node >= 0) {
    parts.push(...nodeSection(node));
    if (STATE.view === "impact") parts.push(...impactSection(node));
    parts.push(...neighbourSection(node, "out", "Depends on"), ...neighbourSection(node, "in", "Used by"));
  }
  panel.replaceChildren(...parts.filter((part) => part !== ""));
  panel.scrollTop = 0;
  // On a narrow screen it stands below the map, which is then smaller.
  const isBelow = getComputedStyle(panel).position === "static";
  CAMERA.covered = panel.hidden || isBelow ? 0 : panel.offsetWidth + 12;
  if ($("stage").clientHeight !== CAMERA.height) measure();
}
