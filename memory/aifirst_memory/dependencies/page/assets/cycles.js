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

// What code is built on: the kinds that follow from the code alone, which come first.
const BUILT_ON = (1 << 7) - 1;

// The circles among files (or folders) under the filters as they are; found again only after those changed.
function findCycles() {
  const key = `${CYCLES.level} ${FILTER.kinds} ${leastNow()}`;
  if (CYCLES.key === key) return CYCLES.sets;
  const standing = new Int32Array(TREE.size);
  for (let node = 1; node < TREE.size; node++) {
    const file = TREE.kind[node] > UNIT ? -1 : fileOf(node);
    let at = CYCLES.level === "file" || file < 0 || TREE.kind[file] !== FILE ? file : TREE.parent[file];
    while (at > 0 && TREE.kind[at] === RANGE) at = TREE.parent[at];
    standing[node] = at;
  }
  CYCLES.pairs = pairsOf(standing, BUILT_ON);
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

const MOST_IN_CYCLE = 40;
const LISTED = 440; // width of a card in a long list, which is looked at from far

// A large circle as groups: the folders that hold its members, the largest taken apart as long as few enough come of it.
function groupsOf(set) {
  if (set.length <= MOST_IN_CYCLE) return new Map(set.map((node) => [node, node]));
  const inIt = (node) => set.filter((member) => inside(member, node));
  const partsOf = (node) => (TREE.children[node] ?? []).filter((child) => inIt(child).length);
  const groups = new Set(partsOf(0));
  for (const tried = new Set(); ; ) {
    const largest = [...groups].filter((node) => !tried.has(node) && TREE.kind[node] < FILE).sort((a, b) => inIt(b).length - inIt(a).length || a - b)[0];
    if (largest === undefined) break;
    tried.add(largest);
    const parts = partsOf(largest);
    if (groups.size - 1 + parts.length > MOST_IN_CYCLE) continue;
    groups.delete(largest);
    parts.forEach((part) => groups.add(part));
  }
  const by = new Map();
  for (const group of groups) for (const member of inIt(group)) by.set(member, group);
  return by;
}

function linksOfCycle(by) {
  const joined = new Pairs(256);
  const { pairs } = CYCLES;
  for (let pair = 0; pair < pairs.size; pair++) {
    const [source, target] = [by.get(pairs.source[pair]), by.get(pairs.target[pair])];
    if (source === undefined || target === undefined || source === target) continue;
    const at = joined.at(source, target);
    joined.count[at] += pairs.count[pair];
    joined.counts[at] |= pairs.counts[pair];
  }
  return [...joined.source.keys()].map((pair) => linkOf(joined.source[pair], joined.target[pair], joined.count[pair], joined.counts[pair], 100, null));
}

function cyclesScene() {
  const sets = findCycles();
  const set = sets[clamp(STATE.cycle, 0, Math.max(0, sets.length - 1))] ?? [];
  const by = groupsOf(set);
  const links = linksOfCycle(by);
  const order = orderOf([...new Set(by.values())], links);
  const place = new Map(order.map((node, at) => [node, at]));
  const members = new Map();
  for (const group of by.values()) members.set(group, (members.get(group) ?? 0) + 1);
  const small = order.length <= 9;
  const boxes = order.map((node, at) => cycleCard(node, members.get(node), small, small ? onRing(at, order.length) : onList(at)));
  const cards = new Map(boxes.map((box) => [box.node, box]));
  const most = Math.max(1, ...links.map((link) => link.count));
  for (const link of links) {
    link.back = place.get(link.source) > place.get(link.target);
    const [source, target] = [cards.get(link.source), cards.get(link.target)];
    link.curve = small ? curveOf(source, target, null) : arcCurve(source, target, link.back);
    link.alpha = link.back ? 0.9 : small ? 0.5 : 0.1 + 0.4 * Math.sqrt(link.count / most);
    link.colour = link.back ? THEME.ways[1] : THEME.ways[0];
  }
  links.sort((a, b) => a.back - b.back);
  const titles = small || !boxes.length ? [] : [
    { x: boxes[0].x - 240, y: -34, text: "down, as layers go" }, { x: boxes[0].x + LISTED + 240, y: -34, text: "back up" }];
  const bounds = boxes.length ? boundsOf(boxes) : { x: 0, y: 0, w: 1, h: 1 };
  const aside = small ? 0 : Math.min(520, order.length * 16);
  return { kind: "cycles", boxes, links, titles, all: links.length, bounds: { x: bounds.x - aside, y: bounds.y - 40, w: bounds.w + 2 * aside, h: bounds.h + 40 } };
}

function cycleCard(node, members, small, [x, y]) {
  const note = TREE.kind[node] < FILE && members > 1 ? `${members} of the cycle in it` : whereOf(node);
  const box = { node, x, y, w: small ? CARD.w : LISTED, h: CARD.h, open: false, alpha: 1, ring: node === STATE.selected ? THEME.accent : null, card: true, note };
  return Object.assign(box, paint(node, false, undefined));
}

const onList = (at) => [-LISTED / 2, at * (CARD.h + 6)];

function onRing(at, size) {
  const angle = (at / size) * 2 * Math.PI - Math.PI / 2;
  return [Math.cos(angle) * (120 + size * 26) - CARD.w / 2, Math.sin(angle) * (70 + size * 20) - CARD.h / 2];
}

// Beside the list: down on its left, back up on its right; the farther, the wider.
function arcCurve(source, target, back) {
  const [y0, y3] = [source.y + source.h * (back ? 0.35 : 0.65), target.y + target.h * (back ? 0.65 : 0.35)];
  const x = back ? source.x + source.w : source.x;
  const bulge = (30 + Math.pow(Math.abs(y3 - y0), 0.82) * 1.1) * (back ? 1 : -1);
  return [x, y0, x + bulge, y0, x + bulge, y3, x, y3, 0, 1];
}
