// The views and the way from one to the next; what is drawn when.

const VIEW = { scene: { kind: "", boxes: [], links: [], all: 0, bounds: { x: 0, y: 0, w: 1, h: 1 } }, drawer: null, asked: false, stale: false,
  built: 0, cost: 0, movedAt: 0, owed: false, camera: null, last: 0, gap: 16 };
const SCENES = { map: mapScene, impact: impactScene, change: changeScene, focus: focusScene, cycles: cyclesScene };
const onMap = () => ["map", "impact", "change"].includes(STATE.view);

function bounds() {
  const home = fitting(VIEW.scene.bounds).scale;
  return onMap() ? { least: home * 0.5, most: home * 4000 } : { least: home * 0.4, most: Math.max(3, home * 3) };
}

function ask() {
  if (VIEW.asked) return;
  VIEW.asked = true;
  document.documentElement.dataset.drawing = "true";
  requestAnimationFrame(frame);
}

// Whether frames take so long that one sees it: the mean of those that follow each other at once.
const SLOW = 26; // milliseconds
function isSlow(now) {
  const gap = now - VIEW.last;
  VIEW.last = now;
  if (gap < 400) VIEW.gap += (gap - VIEW.gap) * 0.2;
  return VIEW.gap > SLOW || (VIEW.drawer.sharpness < 1 && VIEW.gap > SLOW / 2);
}

function frame(now) {
  VIEW.asked = false;
  const start = performance.now();
  const flying = fly(now);
  const underway = flying || start - VIEW.movedAt < 130;
  VIEW.drawer.sharpen?.(isSlow(now) && underway ? 0.6 : 1);
  if (onMap() && (flying || VIEW.stale) && start - VIEW.built > Math.max(90, VIEW.cost * 9)) {
    VIEW.stale = false;
    if (decideOpen()) build(undefined, underway);
    else if (VIEW.owed && !underway) build();
    VIEW.stale = underway;
  }
  const more = VIEW.drawer.draw();
  if (flying) VIEW.stale = true;
  if (flying || more || VIEW.stale || VIEW.drawer.sharpness < 1) ask();
  document.documentElement.dataset.drawing = String(VIEW.asked);
}

// The camera is elsewhere: other groups may have to open.
function moved() {
  VIEW.stale = onMap();
  VIEW.movedAt = performance.now();
  ask();
}

// A new scene. One `quick` has the links of the one before: those that are right are owed when all is at rest.
function build(origins, quick = false) {
  const begun = performance.now();
  VIEW.scene = SCENES[STATE.view](quick ? VIEW.scene : null);
  VIEW.drawer.show(VIEW.scene, origins, !quick);
  VIEW.built = performance.now();
  VIEW.cost = VIEW.built - begun;
  VIEW.owed = quick;
  showStatus(VIEW.scene);
  ask();
}

// Everything anew after something other than the camera changed. `panel` says whether the lists beside it did too.
function refresh(panel) {
  if (onMap()) decideOpen();
  build();
  if (STATE.view === "cycles" && panel) fit();
  if (panel) {
    showFilters();
    showPanel();
  }
  showViews();
  showCrumbs();
  markOutline();
  writeAddress();
}

const fit = () => {
  const view = fitting(VIEW.scene.bounds, 0.9);
  view.scale = Math.min(view.scale, 1.25);
  Object.assign(CAMERA, view, { flight: null });
};

// Boxes that both views show go from where they stood on the screen to where they stand now.
function switchTo(view) {
  if ((view === "focus" || view === "impact") && STATE.selected < 0) {
    announce("Choose a box first");
    return;
  }
  if (view === "change" && !CHANGE.told) return askForChange();
  const was = new Map(VIEW.scene.boxes.map((box) => [box.node, [...toScreen(box.x, box.y), box.w * CAMERA.scale, box.h * CAMERA.scale]]));
  const fromMap = onMap();
  if (fromMap) VIEW.camera = { x: CAMERA.x, y: CAMERA.y, scale: CAMERA.scale };
  STATE.view = view;
  showPanel();
  VIEW.scene = SCENES[view]();
  if (!onMap()) fit();
  else if (!fromMap && VIEW.camera) Object.assign(CAMERA, VIEW.camera, { flight: null });
  if (onMap()) decideOpen();
  const origins = new Map();
  for (const [node, [x, y, w, h]] of fromMap && onMap() ? [] : was) {
    const [mapX, mapY] = toMap(x, y);
    origins.set(node, { x: mapX, y: mapY, w: w / CAMERA.scale, h: h / CAMERA.scale });
  }
  build(origins.size ? origins : undefined);
  refreshAround();
  announce(`${view}: ${$("status").textContent}`);
}

function refreshAround() {
  showFilters();
  showPanel();
  showViews();
  showCrumbs();
  markOutline();
  writeAddress();
}

function setDistance(distance) {
  STATE.distance = distance;
  if (STATE.view === "focus") switchTo("focus");
  else showViews();
}

// Chooses a node, or nothing; `show` brings it into sight.
function choose(node, show = false) {
  STATE.selected = node;
  if ($("notice").dataset.about === "address") $("notice").hidden = true;
  showPanel();
  if (STATE.view === "focus" && node >= 0) return switchTo("focus");
  if ((STATE.view === "focus" || STATE.view === "impact") && node < 0) return switchTo("map");
  if (show && onMap() && node >= 0) reveal(node);
  build();
  refreshAround();
  announce(node < 0 ? "Nothing chosen" : describe(node));
}

// Goes to where a node can be seen among its neighbours.
function reveal(node) {
  OPENING.here = TREE.parent[node];
  placeNode(node);
  const [own, around] = [boxOf(node), boxOf(TREE.parent[node])];
  const view = fitting(own, isOpenable(node) ? 0.5 : 0.28);
  const least = fitting(around).scale;
  flyTo({ ...view, scale: Math.max(view.scale, least) }, performance.now());
  moved();
}

function enter(node) {
  const target = isOpenable(node) ? node : TREE.parent[node];
  placeNode(target);
  OPENING.here = target;
  STATE.selected = node;
  if (!onMap()) switchTo("map");
  flyTo(fitting(boxOf(target)), performance.now());
  showPanel();
  refreshAround();
  announce(describe(node));
  moved();
}

function leave() {
  const here = OPENING.here;
  if (here <= 0) return goHome();
  OPENING.here = Math.max(0, TREE.parent[here]);
  STATE.selected = here;
  flyTo(fitting(boxOf(OPENING.here)), performance.now());
  refresh(true);
  moved();
}

function goHome() {
  OPENING.here = 0;
  if (!onMap()) {
    fit();
    return ask();
  }
  flyTo(fitting(boxOf(0)), performance.now());
  showCrumbs();
  writeAddress();
  moved();
}

function showViews() {
  const chosen = STATE.selected >= 0;
  choices($("views"), [
    { value: "map", text: "Map", title: "Map (m)" },
    { value: "focus", text: "Focus", title: "What is around the chosen box (f)", disabled: !chosen },
    { value: "impact", text: "Impact", title: "What breaks if the chosen box changes (i)", disabled: !chosen },
    ...(vscode ? [{ value: "change", text: "Change", title: "What the change at work may break" }] : []),
    { value: "cycles", text: "Cycles", title: "What goes in circles (c)" },
  ], STATE.view, switchTo);
  const steps = $("steps");
  steps.hidden = STATE.view !== "focus";
  if (!steps.querySelector("span")) steps.append(make("span", {}, "Distance"));
  choices(steps, [1, 2, 3].map((value) => ({ value, text: String(value) })), STATE.distance, setDistance);
}

function showCrumbs() {
  const path = [];
  for (let node = STATE.selected >= 0 ? STATE.selected : OPENING.here; node > 0; node = TREE.parent[node]) path.unshift(node);
  const parts = [make("button", { type: "button", onclick: () => (switchTo("map"), goHome()) }, visible(DATA.title))];
  path.forEach((node) => {
    parts.push(make("i", { "aria-hidden": "true" }, "/"));
    parts.push(make("button", { type: "button", "aria-current": node === STATE.selected ? "true" : null, onclick: () => (switchTo("map"), enter(node)) }, nameOf(node)));
  });
  $("crumbs").replaceChildren(...parts);
}
