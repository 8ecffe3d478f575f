// Which groups are open: those that are large on the screen, largest first, as long as not too much comes into sight.

const OPENING = {
  open: new Uint8Array(TREE.size), standing: new Int32Array(TREE.size), detail: 60, here: 0, home: 1, shown: 0, version: 0,
};
const FIRST_VIEW = 60;

// A heap of nodes, the largest size first; ties by number, so that the same view always opens the same.
class Largest {
  constructor() {
    this.items = [];
  }

  static before(a, b) {
    return a[0] > b[0] || (a[0] === b[0] && a[1] < b[1]);
  }

  push(size, node) {
    const { items } = this;
    let at = items.push([size, node]) - 1;
    for (let up = (at - 1) >> 1; at > 0 && Largest.before(items[at], items[up]); at = up, up = (at - 1) >> 1) {
      [items[at], items[up]] = [items[up], items[at]];
    }
  }

  pop() {
    const { items } = this;
    const [top, end] = [items[0], items.pop()];
    if (items.length) {
      items[0] = end;
      for (let at = 0; ; ) {
        let next = 2 * at + 1;
        if (next + 1 < items.length && Largest.before(items[next + 1], items[next])) next += 1;
        if (next >= items.length || !Largest.before(items[next], items[at])) break;
        [items[at], items[next]] = [items[next], items[at]];
        at = next;
      }
    }
    return top[1];
  }
}

function inSight(node, margin = 0.15) {
  const { scale, width, height } = CAMERA;
  const x = (RECTS.x[node] - CAMERA.x) * scale + width / 2;
  const y = (RECTS.y[node] - CAMERA.y) * scale + height / 2;
  const across = width * margin;
  const down = height * margin;
  return x < width + across && y < height + down && x + RECTS.w[node] * scale > -across && y + RECTS.h[node] * scale > -down;
}

function inSightOf(node) {
  placeChildren(node);
  return TREE.children[node].reduce((sum, child) => sum + (inSight(child) ? 1 : 0), 0);
}

// Whether a group has room on the screen for what is in it; one that is open stays so a little longer.
function hasRoom(node, wasOpen) {
  const [w, h] = [RECTS.w[node] * CAMERA.scale, RECTS.h[node] * CAMERA.scale];
  const leave = (wasOpen ? 0.75 : 1) * (OPENING.here > 0 && !inside(node, OPENING.here) ? 2.2 : 1);
  const each = clamp((CAMERA.width * CAMERA.height) / (OPENING.detail * 8), 40, 2400);
  const side = clamp(60 * Math.sqrt(300 / OPENING.detail), 14, 60) * leave;
  return w > side && h > side * 0.7 && (w * h) / TREE.children[node].length > each * leave;
}

// Decides anew what is open; whether anything changed.
function decideOpen() {
  const { open } = OPENING;
  const next = new Uint8Array(TREE.size);
  const most = OPENING.detail * clamp(CAMERA.scale / OPENING.home, 1, 3);
  const queue = new Largest();
  OPENING.shown = 0;
  const openUp = (node) => {
    next[node] = 1;
    placeChildren(node);
    for (const child of TREE.children[node] ?? []) {
      if (!inSight(child)) continue;
      OPENING.shown += 1;
      const must = isOpenable(child) && inside(OPENING.here, child);
      if (isOpenable(child)) queue.push(must ? Infinity : RECTS.w[child] * RECTS.h[child], child);
    }
  };
  openUp(0);
  while (queue.items.length) {
    const node = queue.pop();
    const must = inside(OPENING.here, node);
    if (!must && (!hasRoom(node, open[node]) || OPENING.shown + inSightOf(node) > most)) continue;
    openUp(node);
  }
  const changed = next.some((value, node) => value !== open[node]);
  if (changed) {
    OPENING.open = next;
    stand();
  }
  return changed;
}

// What stands for each node: itself where all above it is open, else the topmost that is not.
function stand() {
  const { open, standing } = OPENING;
  OPENING.version += 1;
  standing[0] = 0;
  for (let node = 1; node < TREE.size; node++) {
    const parent = TREE.parent[node];
    standing[node] = open[parent] && standing[parent] === parent ? node : standing[parent];
  }
}
