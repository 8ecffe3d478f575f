// The curve of a link from box to box. Links between the same two areas run together through the areas' middles.

const middle = (box) => [box.x + box.w / 2, box.y + box.h / 2];

function pointAt(curve, t) {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [
    a * curve[0] + b * curve[2] + c * curve[4] + d * curve[6],
    a * curve[1] + b * curve[3] + c * curve[5] + d * curve[7],
  ];
}

// Where along the curve it leaves a box for good (going one way) or first reaches it (going the other).
function crossing(curve, box, from, to) {
  const within = (t) => {
    const [x, y] = pointAt(curve, t);
    return x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h;
  };
  const steps = 16;
  let [inner, outer] = [from, to];
  for (let step = 1; step <= steps; step++) {
    const t = from + ((to - from) * step) / steps;
    if (!within(t)) {
      outer = t;
      break;
    }
    inner = t;
  }
  for (let round = 0; round < 7; round++) {
    const t = (inner + outer) / 2;
    if (within(t)) inner = t;
    else outer = t;
  }
  return outer;
}

// Four points of a cubic curve, then the stretch of it that is drawn: from border to border.
function curveOf(source, target, guides) {
  const [x0, y0] = middle(source);
  const [x3, y3] = middle(target);
  const [dx, dy] = [x3 - x0, y3 - y0];
  const bend = guides ? 0.05 : 0.16;
  const [nx, ny] = [-dy * bend, dx * bend];
  let [x1, y1, x2, y2] = [x0 + dx / 3 + nx, y0 + dy / 3 + ny, x0 + (dx * 2) / 3 + nx, y0 + (dy * 2) / 3 + ny];
  if (guides) {
    const pull = 0.72;
    const [[ax, ay], [bx, by]] = guides;
    [x1, y1, x2, y2] = [x1 + (ax - x1) * pull, y1 + (ay - y1) * pull, x2 + (bx - x2) * pull, y2 + (by - y2) * pull];
  }
  const curve = [x0, y0, x1, y1, x2, y2, x3, y3, 0, 1];
  curve[8] = crossing(curve, source, 0, 1);
  curve[9] = crossing(curve, target, 1, 0);
  if (curve[9] <= curve[8]) [curve[8], curve[9]] = [0, 1];
  return curve;
}

// The box that links of a node meet: its own, or where it is open the strip with its name.
function anchorOf(node) {
  const box = boxOf(node);
  if (!OPENING.open[node] || node === emphasised()) return box;
  return { x: box.x, y: box.y, w: Math.min(box.w, headOf(box) * 6), h: headOf(box) };
}

function mapCurve(source, target) {
  const [, a, b] = meeting(source, target);
  const guides = a === source && b === target ? null : [middle(boxOf(a)), middle(boxOf(b))];
  return curveOf(anchorOf(source), anchorOf(target), guides);
}

// From column to column: out at the right side, in at the left one.
function sideCurve(source, target) {
  const [y0, y3] = [source.y + source.h / 2, target.y + target.h / 2];
  const forward = source.x < target.x;
  const [x0, x3] = forward ? [source.x + source.w, target.x] : [source.x, target.x + target.w];
  const reach = Math.max(40, Math.abs(x3 - x0) * 0.5) * (forward ? 1 : -1);
  if (source.x === target.x) {
    const right = source.x + source.w;
    return [right, y0, right + 60, y0, right + 60, y3, right, y3, 0, 1];
  }
  return [x0, y0, x0 + reach, y0, x3 - reach, y3, x3, y3, 0, 1];
}
