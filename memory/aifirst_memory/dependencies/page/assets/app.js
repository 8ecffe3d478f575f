// The start: what to draw with, the theme, the first view.

function makeDrawer(canvas) {
  try {
    return new WebGLView(canvas);
  } catch (error) {
    notice("This browser gives no WebGL 2: the map is drawn with the plain canvas, which is slower.");
    const plain = canvas.cloneNode();
    canvas.replaceWith(plain);
    return new CanvasView(plain);
  }
}

function notice(text, about = "") {
  $("notice").dataset.about = about;
  $("notice").textContent = text;
  $("notice").hidden = false;
}

function measure() {
  const { clientWidth, clientHeight } = $("stage");
  Object.assign(CAMERA, { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) });
  VIEW.drawer.resize(CAMERA.width, CAMERA.height, Math.min(2, window.devicePixelRatio || 1));
  VIEW.stale = onMap();
  ask();
}

function applyTheme() {
  const { dataset } = document.documentElement;
  const host = document.body.className.match(/vscode-(dark|light|high-contrast-light|high-contrast)/)?.[1];
  if (host) dataset.host = "vscode";
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.theme = dataset.chosen || (host ? (host.includes("light") ? "light" : "dark") : system);
  readTheme();
}

function switchTheme() {
  document.documentElement.dataset.chosen = THEME.dark ? "light" : "dark";
  applyTheme();
  refresh(true);
}

function listen() {
  const click = (id, act) => $(id).addEventListener("click", act);
  click("save-svg", saveSvg);
  click("save-png", savePng);
  click("theme", switchTheme);
  click("help-open", showHelp);
  click("nearer", () => zoomBy(1.35));
  click("farther", () => zoomBy(1 / 1.35));
  click("home", goHome);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (applyTheme(), refresh(true)));
  new ResizeObserver(measure).observe($("stage"));
  new MutationObserver(() => (applyTheme(), refresh(true))).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("hashchange", () => {
    if (location.hash.slice(1) !== addressWritten) show(location.hash.slice(1));
  });
}

function show(address) {
  readAddress(address);
  applyTheme();
  showFilters();
  showPanel();
  measure();
  if (onMap()) {
    const node = STATE.selected;
    placeNode(Math.max(0, node));
    placeNode(OPENING.here);
    const place = OPENING.here > 0 ? fitting(boxOf(OPENING.here)) : fitting(boxOf(0));
    Object.assign(CAMERA, place, { flight: null });
    if (node >= 0 && OPENING.here <= 0 && STATE.view === "map") {
      OPENING.here = TREE.parent[node];
      Object.assign(CAMERA, fitting(boxOf(OPENING.here)));
    }
    decideOpen();
    build();
  } else {
    VIEW.scene = SCENES[STATE.view]();
    fit();
    build();
  }
  refreshAround();
}

function start() {
  VIEW.drawer = makeDrawer($("map"));
  applyTheme();
  nameAreas();
  const { clientWidth, clientHeight } = $("stage");
  const height = 900;
  beginMap(height * clamp(clientWidth / Math.max(1, clientHeight - FOOT), 0.8, 2.2), height);
  measure();
  OPENING.home = fitting(boxOf(0)).scale;
  makeFilters();
  makeOutline();
  makeSide();
  makeSearch();
  makePointer();
  makeKeys();
  listen();
  if (TREE.size === 1) notice("There is nothing in this graph: no file of a known language was found.");
  show(location.hash.slice(1) || vscode?.getState?.()?.address || "");
  listenToHost();
  document.documentElement.dataset.ready = "true";
}

start();
