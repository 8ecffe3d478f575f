// Where one looks: a point of the map, and pixels of the screen to each of its own.

const CAMERA = { x: 0, y: 0, scale: 1, width: 1, height: 1, covered: 0, flight: null };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const toScreen = (x, y) => [
  (x - CAMERA.x) * CAMERA.scale + CAMERA.width / 2,
  (y - CAMERA.y) * CAMERA.scale + CAMERA.height / 2,
];
const toMap = (x, y) => [
  (x - CAMERA.width / 2) / CAMERA.scale + CAMERA.x,
  (y - CAMERA.height / 2) / CAMERA.scale + CAMERA.y,
];

const FOOT = 48; // pixels at the bottom where the buttons lie

// The view in which a box fills most of the screen, but for what the panel covers at the right.
function fitting(box, margin = 0.965) {
  const foot = CAMERA.height > 10 * FOOT ? FOOT : 0;
  const scale = Math.min((CAMERA.width - CAMERA.covered) / box.w, (CAMERA.height - foot) / box.h) * margin;
  return { x: box.x + box.w / 2 + CAMERA.covered / 2 / scale, y: box.y + box.h / 2 + foot / 2 / scale, scale };
}

// A node's box on the map; it has one from when the node it lies in was first looked into.
const boxOf = (node) => ({ x: RECTS.x[node], y: RECTS.y[node], w: RECTS.w[node], h: RECTS.h[node] });

function flyTo(view, now) {
  if (calm.matches) {
    Object.assign(CAMERA, view, { flight: null });
    return;
  }
  const from = { x: CAMERA.x, y: CAMERA.y, scale: CAMERA.scale };
  const steps = Math.abs(Math.log2(view.scale / from.scale));
  CAMERA.flight = { from, to: view, start: now, length: 320 + Math.min(480, steps * 90) };
}

// Moves on along a flight; whether one is under way. Scale goes in even steps of its logarithm, and the point that
// both views share stays where it is, so that one comes nearer rather than slides.
function fly(now) {
  const flight = CAMERA.flight;
  if (!flight) return false;
  const { from, to } = flight;
  const share = clamp((now - flight.start) / flight.length, 0, 1);
  const eased = share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
  const scale = from.scale * Math.pow(to.scale / from.scale, eased);
  const grown = Math.abs(to.scale - from.scale) < from.scale * 1e-3
    ? eased
    : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  CAMERA.x = from.x + (to.x - from.x) * grown;
  CAMERA.y = from.y + (to.y - from.y) * grown;
  CAMERA.scale = scale;
  if (share === 1) {
    Object.assign(CAMERA, to);
    CAMERA.flight = null;
  }
  return true;
}

function zoomAt(x, y, factor, bounds) {
  const [mapX, mapY] = toMap(x, y);
  CAMERA.scale = clamp(CAMERA.scale * factor, bounds.least, bounds.most);
  CAMERA.x = mapX - (x - CAMERA.width / 2) / CAMERA.scale;
  CAMERA.y = mapY - (y - CAMERA.height / 2) / CAMERA.scale;
  CAMERA.flight = null;
}
