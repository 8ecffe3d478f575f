// Mouse, pen and fingers on the map: drag to move, wheel or two fingers to zoom, click to choose, twice to open.

const POINTERS = new Map();
const HELD = { moved: 0, x: 0, y: 0, spread: 0, soon: 0 };

function boxAt(x, y) {
  const [mapX, mapY] = toMap(x, y);
  const { boxes } = VIEW.scene;
  for (let at = boxes.length - 1; at >= 0; at--) {
    const box = boxes[at];
    if (mapX >= box.x && mapX <= box.x + box.w && mapY >= box.y && mapY <= box.y + box.h) return box.node;
  }
  return -1;
}

const placeOn = (event) => {
  const frame = $("map").getBoundingClientRect();
  return [event.clientX - frame.left, event.clientY - frame.top];
};

function press(event) {
  $("map").setPointerCapture(event.pointerId);
  POINTERS.set(event.pointerId, placeOn(event));
  [HELD.x, HELD.y] = placeOn(event);
  if (POINTERS.size === 1) HELD.moved = 0;
  if (POINTERS.size === 2) HELD.spread = spread();
  CAMERA.flight = null;
  hideTip();
}

function spread() {
  const [a, b] = [...POINTERS.values()];
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function drag(event) {
  const [x, y] = placeOn(event);
  if (!POINTERS.has(event.pointerId)) return hover(x, y);
  const [lastX, lastY] = POINTERS.get(event.pointerId);
  POINTERS.set(event.pointerId, [x, y]);
  HELD.moved += Math.abs(x - lastX) + Math.abs(y - lastY);
  if (HELD.moved < 4) return;
  $("map").classList.add("holding");
  CAMERA.x -= (x - lastX) / CAMERA.scale / POINTERS.size;
  CAMERA.y -= (y - lastY) / CAMERA.scale / POINTERS.size;
  if (POINTERS.size === 2) {
    const [a, b] = [...POINTERS.values()];
    zoomAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, spread() / (HELD.spread || 1), bounds());
    HELD.spread = spread();
  }
  moved();
}

function release(event) {
  POINTERS.delete(event.pointerId);
  $("map").classList.remove("holding");
  if (event.type !== "pointerup" || HELD.moved >= 4) return;
  const node = boxAt(...placeOn(event));
  choose(node);
  if (node >= 0) showInHost(node);
}

function wheel(event) {
  event.preventDefault();
  const step = event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 300 : 1;
  const strength = event.ctrlKey ? 0.01 : 0.0016;
  zoomAt(...placeOn(event), Math.exp(-event.deltaY * step * strength), bounds());
  hideTip();
  moved();
}

function hover(x, y) {
  const node = boxAt(x, y);
  $("map").classList.toggle("over", node >= 0);
  if (node < 0) hideTip();
  else showTip(node, x, y);
  if (node === STATE.hovered) return;
  STATE.hovered = node;
  if (STATE.view === "map" && STATE.selected < 0) {
    clearTimeout(HELD.soon);
    HELD.soon = setTimeout(() => build(), 90);
  }
}

function showTip(node, x, y) {
  const tip = $("tip");
  if (Number(tip.dataset.node) !== node || tip.hidden) {
    const { out, into } = crossingCounts(node);
    const size = TREE.tokens[node] ? `${short(TREE.tokens[node])} tokens · ` : "";
    const files = TREE.kind[node] <= FOLDER && TREE.files[node] ? `${counted(TREE.files[node], "file")} · ` : "";
    tip.dataset.node = node;
    tip.replaceChildren(make("b", {}, visible(idOf(node)).slice(0, 300) || nameOf(node)),
      make("span", {}, `${kindOf(node)} · ${files}${size}depends on ${short(out)} · used by ${short(into)}`));
  }
  tip.hidden = false;
  const stage = $("stage").getBoundingClientRect();
  tip.style.left = `${Math.min(x + 14, stage.width - tip.offsetWidth - 8)}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > stage.height ? y - tip.offsetHeight - 10 : y + 18}px`;
}

const hideTip = () => {
  $("tip").hidden = true;
};

function makePointer() {
  const map = $("map");
  map.addEventListener("pointerdown", press);
  map.addEventListener("pointermove", drag);
  map.addEventListener("pointerup", release);
  map.addEventListener("pointercancel", release);
  map.addEventListener("pointerleave", () => {
    hideTip();
    if (STATE.hovered < 0 || STATE.view !== "map") return;
    STATE.hovered = -1;
    build();
  });
  map.addEventListener("wheel", wheel, { passive: false });
  map.addEventListener("dblclick", (event) => {
    const node = boxAt(...placeOn(event));
    if (node >= 0 && vscode && !isOpenable(node)) openSource(node);
    else if (node >= 0) enter(node);
  });
}
