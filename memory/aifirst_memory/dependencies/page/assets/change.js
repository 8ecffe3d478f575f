// What the change at work touched and may break, as the host found it with git: marked on the map, and listed with the
// tests to run. A page in a browser has no host to ask, and no such view.

const CHANGE = { told: null, places: new Map(), nearest: null };

// Takes what the host found, or why it found nothing, and shows it.
function takeChange(told) {
  if (!CHANGE.places.size) for (let node = 1; node < TREE.size; node++) CHANGE.places.set(idOf(node), node);
  const list = (name) => (Array.isArray(told[name]) ? told[name] : []);
  CHANGE.told = {
    why: typeof told.why === "string" ? told.why : "", total: Number(told.total) || 0, left: Number(told.left) || 0,
    changed: list("changed"), gone: list("gone"), units: list("units"), tests: list("tests"), unknown: list("unknown"),
  };
  const steps = new Int32Array(TREE.size).fill(-1);
  const near = [];
  for (const { id, distance } of [...CHANGE.told.units, ...CHANGE.told.changed]) {
    const node = CHANGE.places.get(id);
    if (node === undefined) continue;
    steps[node] = distance ?? 0;
    if (steps[node] < 2) near.push(node);
  }
  CHANGE.nearest = reachedBoxes(steps);
  STATE.selected = -1;
  switchTo("change");
  if (near.length) flyToGroup(near);
  announce(changeInWords());
}

// Goes to the lowest group that holds all of some nodes.
function flyToGroup(nodes) {
  let group = nodes[0];
  for (const node of nodes) while (!inside(node, group)) group = TREE.parent[group];
  if (!isOpenable(group)) group = Math.max(0, TREE.parent[group]);
  placeNode(group);
  OPENING.here = group;
  flyTo(fitting(boxOf(group)), performance.now());
  showCrumbs();
  moved();
}

function askForChange() {
  announce("Looking at what changed");
  vscode.postMessage({ type: "change" });
}

function changeScene(kept = null) {
  const near = (node) => CHANGE.nearest?.[node] ?? -1;
  return markReach(mapScene(kept), near, kept, "changed");
}

function changeInWords() {
  const { why, changed, gone, total, tests } = CHANGE.told;
  if (why) return why;
  if (!changed.length && !gone.length) return "No code changed since the last commit. Comments and formatting do not count.";
  const units = [counted(changed.length, "unit") + " changed", ...(gone.length ? [`${gone.length} gone`] : [])].join(", ");
  return `${units} since the last commit. ${total ? counted(total, "dependent") : "Nothing that is known"} may break, ${counted(tests.length, "test")} to run.`;
}

// A unit that the change is about: a click shows it on the map, its line leads to the code.
function changeRow({ id, path, line, distance, confidence }, isGone = false) {
  const node = CHANGE.places.get(id);
  const name = visible(String(id).split("::")[1] ?? String(path).split("/").pop());
  const where = make("small", {}, visible(String(path).split("/").slice(-2).join("/")));
  const title = visible(String(id)) + (distance ? `, ${counted(distance, "step")} away` : "");
  const shown = node === undefined ? make("span", { class: "text", title }, name, " ", where) : make("button", { type: "button", title, onclick: () => choose(node, true) }, name, " ", where);
  const link = isGone || !line ? "" : sourceLink(`:${line}`, path, line, { class: "line", title: `${visible(path)}:${line}` });
  return make("li", {}, stepDot(distance ?? 0), shown, confidence ? make("i", { title: "Confidence" }, confidence.toFixed(2)) : "", link);
}

function testRow({ id, runner, path }) {
  const line = TREE.line[CHANGE.places.get(id) ?? 0] || 1;
  return make("li", {}, sourceLink(visible(id), path, line, { title: `${runner}: ${visible(id)}` }));
}

// A heading with a list of which a part stands there at once.
function partOfChange(title, count, rows, most = 60) {
  if (!rows.length) return [];
  const list = make("ul", { class: "impact" }, ...rows.slice(0, most));
  if (rows.length > most) {
    const more = make("button", { type: "button", class: "more", onclick: () => list.replaceChildren(...rows) }, `${rows.length - most} more`);
    list.append(make("li", {}, more));
  }
  return [make("h4", {}, title, " ", make("i", {}, short(count))), list];
}

function changeSection() {
  const { changed, gone, units, total, tests, unknown, left } = CHANGE.told;
  const act = (text, title, type) => make("button", { type: "button", title, onclick: () => vscode.postMessage({ type }) }, text);
  const actions = [act("Look again", "Ask git and the graph again", "change")];
  if (tests.length) actions.push(act("Copy tests", "Copy the tests to run, one a line", "copyTests"));
  const notes = [];
  if (unknown.length) notes.push(`What referred to ${counted(unknown.length, "unit")} that ${unknown.length === 1 ? "is" : "are"} gone is not known.`);
  if (left) notes.push(`${counted(left, "file")} were not looked at, it would take too long: something may be missing.`);
  return [
    make("header", {}, make("h3", {}, "This change")), make("p", { class: "quiet" }, changeInWords()),
    make("div", { class: "actions" }, ...actions), ...notes.map((text) => make("p", { class: "quiet" }, text)),
    ...partOfChange("Tests to run", tests.length, tests.map(testRow), 12),
    ...partOfChange("Changed", changed.length, changed.map((one) => changeRow(one)), 12),
    ...partOfChange("Gone", gone.length, gone.map((one) => changeRow(one, true)), 12),
    ...partOfChange("May break, surest first", total, units.map((one) => changeRow(one))),
  ];
}
