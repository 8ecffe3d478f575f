// Where every node lies: boxes in boxes. Neighbours are in rows from those that depend on others, at the top, to those
// that others depend on, at the bottom, so that most arrows lead down and one that leads up is worth a look.

const HEADER = 22;
const headOf = (box) => Math.min(HEADER, Math.min(box.w, box.h) * 0.115);

const RECTS = { x: null, y: null, w: null, h: null, placed: null, weights: null };

const TESTS = /^(tests?|testing|__tests__|specs?|e2e|js_tests|testdata|fixtures|examples?|docs?)$/i;

// Files that say something of the code but are none of it: a map of what depends on what has little to say of them.
const DOCUMENT = /\.(md|markdown|mdx|rst|adoc|txt|toml|ya?ml|json[c5]?|xml|cfg|ini|lock|csv|properties)$/i;
const DOCUMENTS = new Uint8Array(TREE.size);

// How much room a node needs: far less than in proportion, so that large ones leave some to small ones. What no edge
// touches, and what only tests or explains, gives some of its room to the rest; documents and settings most of it.
function makeWeights() {
  const weights = new Float64Array(TREE.size);
  const joined = (node) => ADJACENT.out.first[TREE.last[node]] > ADJACENT.out.first[node] || ADJACENT.in.first[TREE.last[node]] > ADJACENT.in.first[node];
  for (let node = TREE.size - 1; node >= 0; node--) {
    const children = TREE.children[node];
    const kind = TREE.kind[node];
    if (!children) weights[node] = 6 + Math.sqrt(kind <= UNIT ? TREE.tokens[node] : 0);
    else weights[node] = 10 + Math.pow(children.reduce((sum, child) => sum + weights[child], 0), 0.86);
    DOCUMENTS[node] = kind === FILE ? DOCUMENT.test(TREE.name[node]) : kind < FILE && children?.every((child) => DOCUMENTS[child]);
    if (DOCUMENTS[node]) weights[node] *= kind === FILE ? 0.22 : 0.8;
    else if (kind <= FILE && !joined(node)) weights[node] *= 0.4;
    else if (kind === FOLDER && TESTS.test(TREE.name[node].split("/").pop())) weights[node] *= 0.6;
  }
  return weights;
}

// The child of a node that holds another node below it.
function childOf(node, below) {
  const children = TREE.children[node];
  let [low, high] = [0, children.length - 1];
  while (low < high) {
    const at = (low + high + 1) >> 1;
    if (children[at] <= below) low = at;
    else high = at - 1;
  }
  return children[low];
}

// Whether an edge says what its source is built on. A call of what was handed over leads back to who handed it.
const CALLS = EDGE_KINDS.indexOf("calls");
const LOOSE = ["documents", "changes-with"].map((kind) => EDGE_KINDS.indexOf(kind));
const builds = (edge) => !LOOSE.includes(EDGES.kind[edge]) && (EDGES.kind[edge] !== CALLS || EDGES.confidence[edge] > 80);

// The edges between the children of a node.
function siblingsOf(node) {
  const pairs = new Pairs(32);
  const { first, list } = ADJACENT.out;
  for (let at = first[node + 1]; at < first[TREE.last[node]]; at++) {
    const target = EDGES.target[list[at]];
    if (target === node || !inside(target, node) || !builds(list[at])) continue;
    const [a, b] = [childOf(node, EDGES.source[list[at]]), childOf(node, target)];
    if (a !== b) pairs.add(a, b, 0, 0);
  }
  return pairs;
}

// How high each child stands over what it depends on: the levels of Laplacian trophic analysis (MacKay, Johnson and
// Sansom, 2020), which cycles do not upset, found by repeated averaging.
function heights(children, pairs) {
  const place = new Map(children.map((child, at) => [child, at]));
  const level = new Float64Array(children.length);
  if (!pairs.size) return level;
  const weight = new Float64Array(children.length);
  const links = [];
  for (let pair = 0; pair < pairs.size; pair++) {
    const [a, b] = [place.get(pairs.source[pair]), place.get(pairs.target[pair])];
    const strength = Math.sqrt(pairs.count[pair]);
    links.push([a, b, strength]);
    weight[a] += strength;
    weight[b] += strength;
  }
  for (let round = 0; round < 40; round++) {
    const sum = new Float64Array(children.length);
    for (const [a, b, strength] of links) {
      sum[a] += strength * (level[b] + 1);
      sum[b] += strength * (level[a] - 1);
    }
    for (let at = 0; at < level.length; at++) if (weight[at]) level[at] = (level[at] + sum[at] / weight[at]) / 2;
  }
  return level;
}

// How far a box is from the shape at which its name, or the boxes in it, read best.
function ugliness(node, wide, tall) {
  const shape = wide / tall / (isOpenable(node) ? 1.6 : 2.2);
  return Math.max(1, shape / 1.5, 1 / shape) ** 1.5;
}

// Cuts a list into parts where the sum of what the parts cost is least: the starts of the parts, then the length.
function cutBest(size, longest, costOf) {
  const best = [{ cost: 0, from: 0 }];
  for (let to = 1; to <= size; to++) {
    best.push({ cost: Infinity, from: 0 });
    for (let from = Math.max(0, to - longest); from < to; from++) {
      const cost = best[from].cost + costOf(from, to);
      if (cost < best[to].cost) best[to] = { cost, from };
    }
  }
  const cuts = [size];
  while (cuts[0] > 0) cuts.unshift(best[cuts[0]].from);
  return { cuts, cost: best[size].cost };
}

// A row as columns of one box or a few small ones over each other.
function columnsOf(nodes, weights, wide, tall) {
  const before = sumsOf(nodes, weights);
  const all = before[nodes.length];
  const most = Math.max(...nodes.map((node) => weights[node]));
  return cutBest(nodes.length, 4, (from, to) => {
    const part = before[to] - before[from];
    const width = (wide * part) / all;
    let cost = 0;
    for (let at = from; at < to; at++) {
      const weight = weights[nodes[at]];
      cost += ugliness(nodes[at], width, (tall * weight) / part) * Math.sqrt(weight / most);
    }
    return cost;
  });
}

function sumsOf(nodes, weights) {
  const before = [0];
  nodes.forEach((node, at) => before.push(before[at] + weights[node]));
  return before;
}

// The children in rows, cut where all boxes together come nearest to a good shape (an ordered treemap of strips) and
// where one layer ends and the next begins.
function rowsOf(ordered, level, weights, wide, tall) {
  const before = sumsOf(ordered, weights);
  const all = before[ordered.length];
  const heightOf = (from, to) => (tall * (before[to] - before[from])) / all;
  const { cuts } = cutBest(ordered.length, 28, (from, to) => {
    const layers = Math.abs(level.get(ordered[from]) - level.get(ordered[to - 1]));
    return columnsOf(ordered.slice(from, to), weights, wide, heightOf(from, to)).cost + 3 * (to - from) * Math.max(0, layers - 0.3);
  });
  return cuts.slice(1).map((to, at) => ({ nodes: ordered.slice(cuts[at], to), tall: heightOf(cuts[at], to) }));
}

// Within a row those stand first whose partners in the rows above do, unless their boxes would become much worse.
function orderRow(row, partners, centre, wide) {
  const wish = new Map();
  for (const node of row.nodes) {
    let [sum, weight] = [0, 0];
    for (const [other, strength] of partners.get(node) ?? []) {
      if (!centre.has(other)) continue;
      sum += centre.get(other) * strength;
      weight += strength;
    }
    wish.set(node, weight ? sum / weight : 0.5);
  }
  const wished = [...row.nodes].sort((a, b) => wish.get(a) - wish.get(b) || a - b);
  const costOf = (nodes) => columnsOf(nodes, RECTS.weights, wide, row.tall).cost;
  if (costOf(wished) < costOf(row.nodes) * 1.25) row.nodes = wished;
}

function partnersOf(pairs) {
  const partners = new Map();
  const note = (a, b, strength) => (partners.get(a) ?? partners.set(a, []).get(a)).push([b, strength]);
  for (let pair = 0; pair < pairs.size; pair++) {
    note(pairs.source[pair], pairs.target[pair], Math.sqrt(pairs.count[pair]));
    note(pairs.target[pair], pairs.source[pair], Math.sqrt(pairs.count[pair]));
  }
  return partners;
}

// The children from top to bottom: by height, of about the same one the largest first; then what no sibling has to do with; what is outside the project last.
function orderedChildren(node, pairs) {
  const children = TREE.children[node];
  const level = heights(children, pairs);
  const linked = new Set(pairs.size ? [...pairs.source, ...pairs.target] : children);
  const spread = Math.max(...level) - Math.min(...level) + 2;
  const rank = (child) => (TREE.kind[child] === GROUP ? 2 : linked.has(child) && !DOCUMENTS[child] ? 0 : 1);
  const levels = new Map(children.map((child, at) => [child, level[at] - spread * rank(child)]));
  const band = (child) => Math.round(levels.get(child) * 2);
  const ordered = [...children].sort((a, b) => band(b) - band(a) || RECTS.weights[b] - RECTS.weights[a] || a - b);
  return { levels, ordered };
}

// Where the children of a node go within it.
function roomIn(node) {
  const box = boxOf(node);
  const least = Math.min(box.w, box.h);
  const [pad, head] = [Math.min(8, least * 0.03), node ? headOf(box) : 0];
  const top = box.y + head + (node ? pad / 3 : pad);
  return { x: box.x + pad, y: top, w: box.w - 2 * pad, h: box.y + box.h - pad - top, gap: Math.min(9, least * 0.026) };
}

function placeRow(row, weights, room, top) {
  const { x, y, w, h } = RECTS;
  const before = sumsOf(row.nodes, weights);
  const all = before[row.nodes.length];
  const { cuts } = columnsOf(row.nodes, weights, room.w, row.tall);
  let left = room.x;
  cuts.slice(1).forEach((to, column) => {
    const from = cuts[column];
    const part = before[to] - before[from];
    const wide = (room.w * part) / all;
    let high = top;
    for (const node of row.nodes.slice(from, to)) {
      const tall = (row.tall * weights[node]) / part;
      const [aside, above] = [Math.min(room.gap, wide * 0.4) / 2, Math.min(room.gap, tall * 0.4) / 2];
      [x[node], y[node], w[node], h[node]] = [left + aside, high + above, wide - 2 * aside, tall - 2 * above];
      high += tall;
    }
    left += wide;
  });
}

// Places the children of a node, whose own place is known; only when they are first looked at.
function placeChildren(node) {
  if (RECTS.placed[node] || !isOpenable(node)) return;
  RECTS.placed[node] = 1;
  const pairs = siblingsOf(node);
  const partners = partnersOf(pairs);
  const centre = new Map();
  const room = roomIn(node);
  let top = room.y;
  const { ordered, levels } = orderedChildren(node, pairs);
  for (const row of rowsOf(ordered, levels, RECTS.weights, room.w, room.h)) {
    orderRow(row, partners, centre, room.w);
    placeRow(row, RECTS.weights, room, top);
    for (const child of row.nodes) centre.set(child, (RECTS.x[child] + RECTS.w[child] / 2 - room.x) / room.w);
    top += row.tall;
  }
}

// Makes sure that a node has a place, and so all that it lies in.
function placeNode(node) {
  const above = [];
  for (let at = TREE.parent[node]; at >= 0; at = TREE.parent[at]) above.push(at);
  above.reverse().forEach(placeChildren);
}

// Begins a map for a first view of so many pixels; the sizes of the boxes are pixels of that view.
function beginMap(width, height) {
  for (const side of ["x", "y", "w", "h"]) RECTS[side] = new Float64Array(TREE.size);
  RECTS.placed = new Uint8Array(TREE.size);
  RECTS.weights = makeWeights();
  [RECTS.w[0], RECTS.h[0]] = [width, height];
}
