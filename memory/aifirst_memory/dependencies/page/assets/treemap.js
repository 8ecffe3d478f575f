// Where every node lies: boxes in boxes. Neighbours are in rows from those that depend on others, at the top, to those
// that others depend on, at the bottom, so that most arrows lead down and one that leads up is worth a look.

const HEADER = 22;
const SQUARE = 1.7; // the width of a box to its height that labels read best at

const RECTS = { x: new Float64Array(0), y: null, w: null, h: null };

// How much room a node needs: far less than in proportion, so that large ones leave some to small ones.
function makeWeights() {
  const weights = new Float64Array(TREE.size);
  for (let node = TREE.size - 1; node >= 0; node--) {
    const children = TREE.children[node];
    if (!children) weights[node] = 6 + Math.sqrt(TREE.kind[node] <= UNIT ? TREE.tokens[node] : 0);
    else weights[node] = 10 + Math.pow(children.reduce((sum, child) => sum + weights[child], 0), 0.86);
  }
  return weights;
}

// For each node the edges between its children, every edge counted where its two ways part.
function makeSiblings() {
  const siblings = new Map();
  for (let edge = 0; edge < EDGES.size; edge++) {
    const [above, source, target] = meeting(EDGES.source[edge], EDGES.target[edge]);
    if (source === target || source === above || target === above) continue;
    let pairs = siblings.get(above);
    if (!pairs) siblings.set(above, (pairs = new Pairs(16)));
    pairs.add(source, target, 0, 0);
  }
  return siblings;
}

// How high each child stands over what it depends on: the levels of Laplacian trophic analysis (MacKay, Johnson and
// Sansom, 2020), which cycles do not upset, found by repeated averaging.
function heights(children, pairs) {
  const place = new Map(children.map((child, at) => [child, at]));
  const level = new Float64Array(children.length);
  if (!pairs) return level;
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

// The children in rows, cut where all boxes together come nearest to a good shape.
function rowsOf(ordered, weights, width, height) {
  const total = ordered.reduce((sum, node) => sum + weights[node], 0);
  const before = [0];
  ordered.forEach((node, at) => before.push(before[at] + weights[node]));
  const ugly = (from, to) => {
    const tall = ((before[to] - before[from]) / total) * height;
    let sum = 0;
    for (let at = from; at < to; at++) {
      const wide = (weights[ordered[at]] / (before[to] - before[from])) * width;
      const shape = wide / tall / SQUARE;
      sum += Math.max(shape, 1 / shape) ** 1.5;
    }
    return sum;
  };
  const best = [{ cost: 0, from: 0 }];
  for (let to = 1; to <= ordered.length; to++) {
    best.push({ cost: Infinity, from: 0 });
    for (let from = Math.max(0, to - 60); from < to; from++) {
      const cost = best[from].cost + ugly(from, to);
      if (cost < best[to].cost) best[to] = { cost, from };
    }
  }
  const rows = [];
  for (let to = ordered.length; to > 0; to = best[to].from) {
    const { from } = best[to];
    rows.unshift({ nodes: ordered.slice(from, to), weight: before[to] - before[from] });
  }
  return rows;
}

// Within a row those stand first whose partners in the rows above do.
function orderRow(row, partners, centre) {
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
  row.nodes.sort((a, b) => wish.get(a) - wish.get(b) || a - b);
}

function partnersOf(pairs) {
  const partners = new Map();
  const note = (a, b, strength) => (partners.get(a) ?? partners.set(a, []).get(a)).push([b, strength]);
  for (let pair = 0; pairs && pair < pairs.size; pair++) {
    note(pairs.source[pair], pairs.target[pair], Math.sqrt(pairs.count[pair]));
    note(pairs.target[pair], pairs.source[pair], Math.sqrt(pairs.count[pair]));
  }
  return partners;
}

function placeChildren(node, weights, pairs) {
  const { x, y, w, h } = RECTS;
  const children = TREE.children[node];
  const least = Math.min(w[node], h[node]);
  const [pad, head] = [Math.min(8, least * 0.03), node ? Math.min(HEADER, least * 0.16) : 0];
  const gap = Math.min(9, least * 0.028);
  const box = { x: x[node] + pad, y: y[node] + head + (node ? pad / 2 : pad), w: w[node] - 2 * pad };
  box.h = y[node] + h[node] - pad - box.y;
  const level = heights(children, pairs);
  const outside = (child) => (TREE.kind[child] === GROUP ? 1 : 0);
  const ordered = children
    .map((child, at) => [child, level[at]])
    .sort((a, b) => outside(a[0]) - outside(b[0]) || b[1] - a[1] || a[0] - b[0])
    .map(([child]) => child);
  const partners = partnersOf(pairs);
  const centre = new Map();
  const total = ordered.reduce((sum, child) => sum + weights[child], 0);
  let top = box.y;
  for (const row of rowsOf(ordered, weights, box.w, box.h)) {
    orderRow(row, partners, centre);
    const tall = (box.h * row.weight) / total;
    let left = box.x;
    for (const child of row.nodes) {
      const wide = (box.w * weights[child]) / row.weight;
      x[child] = left + gap / 2;
      y[child] = top + gap / 2;
      w[child] = wide - gap;
      h[child] = tall - gap;
      centre.set(child, (left + wide / 2 - box.x) / box.w);
      left += wide;
    }
    top += tall;
  }
}

// Places everything for a first view of so many pixels; the sizes of the boxes are pixels of that view.
function placeAll(width, height) {
  for (const side of ["x", "y", "w", "h"]) RECTS[side] = new Float64Array(TREE.size);
  [RECTS.w[0], RECTS.h[0]] = [width, height];
  const weights = makeWeights();
  const siblings = makeSiblings();
  for (let node = 0; node < TREE.size; node++) {
    if (TREE.children[node]) placeChildren(node, weights, siblings.get(node));
  }
}
