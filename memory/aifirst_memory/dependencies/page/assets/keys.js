// The keyboard: everything that can be done with a mouse, and faster.

const KEYS = [
  ["/", "search"], ["← → ↑ ↓", "go to the next box that way"], ["Enter", "open a group; of a file or unit the source"],
  ["Escape", "back: close, unselect, one group up"], ["f", "focus: what is around the chosen box"], ["1 2 3", "distance of the focus"],
  ["i", "impact: what breaks if it changes"], ["c", "cycles"], ["m", "map"], ["+ −", "nearer, farther"], ["0", "whole map"],
  ["[ ]", "less detail, more detail"], ["o", "open the source"], ["t", "dark or light"], ["?", "this help"],
];

// The box that lies next in a direction: near counts, and straight ahead counts more.
function nextBox(dx, dy) {
  const boxes = VIEW.scene.boxes.filter((box) => !box.open || box.node === STATE.selected);
  const from = boxes.find((box) => box.node === STATE.selected) ?? VIEW.scene.boxes.find((box) => box.node === STATE.selected);
  if (!from) return boxes.find((box) => onScreen(box))?.node ?? -1;
  const [x, y] = middle(from);
  let [best, least] = [-1, Infinity];
  for (const box of boxes) {
    if (box.node === from.node) continue;
    const [bx, by] = middle(box);
    const ahead = (bx - x) * dx + (by - y) * dy;
    const aside = Math.abs((bx - x) * dy) + Math.abs((by - y) * dx);
    if (ahead <= 1e-9 || aside > ahead * 2.5) continue;
    const far = ahead + aside * 2;
    if (far < least) [best, least] = [box.node, far];
  }
  return best;
}

const onScreen = (box) => {
  const [x, y] = toScreen(...middle(box));
  return x > 0 && y > 0 && x < CAMERA.width && y < CAMERA.height;
};

function go(dx, dy) {
  const node = nextBox(dx, dy);
  if (node < 0) return;
  choose(node);
  const box = VIEW.scene.boxes.find((box) => box.node === node);
  if (box && !onScreen(box)) {
    const [x, y] = middle(box);
    flyTo({ x, y, scale: CAMERA.scale }, performance.now());
    moved();
  }
}

function enterChosen() {
  const node = STATE.selected;
  if (node < 0) return;
  if (isOpenable(node) && onMap()) enter(node);
  else if (STATE.view !== "map") (switchTo("map"), reveal(node));
  else openSource(node);
}

function back() {
  if (!$("results").hidden) closeResults();
  else if (sideIsOverMap()) closeSide();
  else if (STATE.view === "change" && STATE.selected >= 0) choose(-1);
  else if (STATE.view !== "map") switchTo("map");
  else if (STATE.selected >= 0 && STATE.selected !== OPENING.here) choose(-1);
  else leave();
}

function detail(step) {
  OPENING.detail = DETAILS[clamp(DETAILS.indexOf(OPENING.detail) + step, 0, DETAILS.length - 1)];
  refresh(true);
}

function zoomBy(factor) {
  zoomAt(CAMERA.width / 2, CAMERA.height / 2, factor, bounds());
  moved();
}

const ACTIONS = {
  "/": () => $("search").select(),
  ArrowLeft: () => go(-1, 0), ArrowRight: () => go(1, 0), ArrowUp: () => go(0, -1), ArrowDown: () => go(0, 1),
  Enter: enterChosen, Escape: back, f: () => switchTo("focus"), i: () => switchTo("impact"), c: () => switchTo("cycles"), m: () => switchTo("map"),
  "+": () => zoomBy(1.35), "=": () => zoomBy(1.35), "-": () => zoomBy(1 / 1.35), 0: () => goHome(), "[": () => detail(-1), "]": () => detail(1),
  o: () => STATE.selected >= 0 && openSource(STATE.selected), t: () => switchTheme(), "?": () => showHelp(),
  1: () => setDistance(1), 2: () => setDistance(2), 3: () => setDistance(3),
};

function showHelp() {
  const rows = KEYS.map(([keys, says]) => make("tr", {}, make("td", {}, ...keys.split(" ").flatMap((key) => [make("kbd", {}, key), " "])), make("td", {}, says)));
  $("help").replaceChildren(
    make("h3", { id: "help-title" }, "Keys and signs"), make("table", {}, make("tbody", {}, ...rows)),
    make("p", {}, "A box is a folder, a file or a unit of code; its size grows with its tokens. In each group those stand at the top that depend on others, those at the bottom on which others depend: most arrows lead down. A link is as wide as there are many edges in it, pale where it starts and full where it ends."),
    make("p", {}, make("button", { type: "button", onclick: () => $("help").close() }, "Close")));
  $("help").showModal();
}

function makeKeys() {
  document.addEventListener("keydown", (event) => {
    const tag = event.target.tagName;
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    if (["INPUT", "SELECT", "TEXTAREA"].includes(tag) && event.key !== "Escape") return;
    const onControl = ["BUTTON", "A", "SUMMARY"].includes(tag);
    if (onControl && [" ", "Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const act = ACTIONS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
