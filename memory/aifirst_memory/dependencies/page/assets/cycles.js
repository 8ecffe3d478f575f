// Files, or folders, that depend on each other in a circle; each circle as a ring, with the few links that close it.

// Strongly connected sets of more than one (Tarjan, 1972, without recursion), the largest first.
function circlesOf(pairs) {
  const next = new Map();
  for (let pair = 0; pair < pairs.size; pair++) {
    (next.get(pairs.source[pair]) ?? next.set(pairs.source[pair], []).get(pairs.source[pair])).push(pairs.target[pair]);
  }
  const [index, low, waiting, on, found] = [new Map(), new Map(), [], new Set(), []];
  const enter = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    waiting.push(node);
    on.add(node);
    return { node, at: 0 };
  };
  const leave = (node) => {
    if (low.get(node) !== index.get(node)) return;
    const set = waiting.splice(waiting.lastIndexOf(node));
    set.forEach((member) => on.delete(member));
    if (set.length > 1) found.push(set.sort((a, b) => a - b));
  };
  for (const start of [...next.keys()].sort((a, b) => a - b)) {
    if (index.has(start)) continue;
    const path = [enter(start)];
    while (path.length) {
      const step = path[path.length - 1];
      const target = (next.get(step.node) ?? [])[step.at++];
      if (target === undefined) {
        path.pop();
        leave(step.node);
        const above = path[path.length - 1];
        if (above) low.set(above.node, Math.min(low.get(above.node), low.get(step.node)));
      } else if (!index.has(target)) path.push(enter(target));
      else if (on.has(target)) low.set(step.node, Math.min(low.get(step.node), index.get(target)));
    }
  }
  return found.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

const CYCLES = { level: "file", sets: [], pairs: null, key: "" };

// The circles among files (or folders) under the filters as they are; found again only after those changed.
function findCycles() {
  const key = `${CYCLES.level} ${FILTER.kinds} ${FILTER.confidence}`;
  if (CYCLES.key === key) return CYCLES.sets;
  const standing = new Int32Array(TREE.size);
  for (let node = 1; node < TREE.size; node++) {
    const file = TREE.kind[node] > UNIT ? -1 : fileOf(node);
    let at = CYCLES.level === "file" || file < 0 || TREE.kind[file] !== FILE ? file : TREE.parent[file];
    while (at > 0 && TREE.kind[at] === RANGE) at = TREE.parent[at];
    standing[node] = at;
  }
  CYCLES.pairs = pairsOf(standing);
  CYCLES.sets = circlesOf(CYCLES.pairs);
  CYCLES.key = key;
  return CYCLES.sets;
}

// An order in which few links lead back (Eades, Lin and Smyth, 1993, by weight); those are the ones to cut.
function orderOf(set, links) {
  const [left, right, rest] = [[], [], new Set(set)];
  while (rest.size) {
    const balance = new Map([...rest].map((node) => [node, { out: 0, into: 0 }]));
    for (const { source, target, count } of links) {
      if (!rest.has(source) || !rest.has(target)) continue;
      balance.get(source).out += count;
      balance.get(target).into += count;
    }
    const sinks = [...rest].filter((node) => !balance.get(node).out);
    sinks.forEach((node) => (rest.delete(node), right.unshift(node)));
    if (sinks.length) continue;
    const best = [...rest].reduce((a, b) =>
      balance.get(b).out - balance.get(b).into > balance.get(a).out - balance.get(a).into ? b : a);
    rest.delete(best);
    left.push(best);
  }
  return [...left, ...right];
}

function cyclesScene() {
  const sets = findCycles();
  const set = sets[clamp(STATE.cycle, 0, Math.max(0, sets.length - 1))] ?? [];
  const members = new Set(set);
  const links = [];
  const { pairs } = CYCLES;
  for (let pair = 0; pair < pairs.size; pair++) {
    const [source, target] = [pairs.source[pair], pairs.target[pair]];
    if (!members.has(source) || !members.has(target)) continue;
    links.push(linkOf(source, target, pairs.count[pair], pairs.counts[pair], pairs.sure[pair], null));
  }
  const order = orderOf(set, links);
  const place = new Map(order.map((node, at) => [node, at]));
  const boxes = ringOf(order);
  const by = new Map(boxes.map((box) => [box.node, box]));
  for (const link of links) {
    link.back = place.get(link.source) > place.get(link.target);
    link.curve = curveOf(by.get(link.source), by.get(link.target), null);
    link.alpha = link.back ? 0.95 : 0.35;
    if (link.back) link.colour = THEME.reach[1];
  }
  links.sort((a, b) => a.back - b.back);
  return { kind: "cycles", boxes, links, all: links.length, bounds: boxes.length ? boundsOf(boxes) : { x: 0, y: 0, w: 1, h: 1 } };
}

function ringOf(order) {
  const around = Math.max(order.length * 62, 560);
  const [rx, ry] = [around / 4.6 + 120, around / 7];
  return order.map((node, at) => {
    const angle = (at / order.length) * 2 * Math.PI - Math.PI / 2;
    const [x, y] = [Math.cos(angle) * rx - CARD.w / 2, Math.sin(angle) * ry - CARD.h / 2];
    const box = { node, x, y, w: CARD.w, h: CARD.h, open: false, alpha: 1, ring: null, card: true, note: whereOf(node) };
    if (node === STATE.selected) box.ring = THEME.accent;
    return Object.assign(box, paint(node, false, undefined));
  });
}
