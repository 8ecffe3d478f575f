// One node and those around it, as columns by distance: what depends on it at its left, what it depends on at its right.

const CARD = { w: 204, h: 46, gap: 10, column: 280, most: 18 };

// The nodes of one column, joined into files, then into folders, then cut, until they are few enough to read.
function columnOf(nodes) {
  const levels = [(node) => node, fileOf, (node) => Math.max(1, TREE.parent[fileOf(node)])];
  for (const level of levels) {
    const groups = new Map();
    for (const node of nodes) {
      const at = level(node);
      groups.set(at, (groups.get(at) ?? 0) + 1);
    }
    if (groups.size <= CARD.most) return { groups, cut: 0 };
    if (level !== levels[2]) continue;
    const kept = [...groups].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, CARD.most);
    return { groups: new Map(kept), cut: groups.size - kept.length };
  }
  return { groups: new Map(), cut: 0 };
}

function cardsOf(groups, column, place) {
  const total = groups.size * (CARD.h + CARD.gap) - CARD.gap;
  const cards = [...groups].map(([node, many], row) => {
    const box = {
      node, x: column * CARD.column - CARD.w / 2, y: row * (CARD.h + CARD.gap) - total / 2, w: CARD.w, h: CARD.h, open: false,
      alpha: 1, ring: null, card: true, note: many > 1 ? `${many} in it` : whereOf(node),
    };
    return Object.assign(box, paint(node, false, undefined));
  });
  const deepest = [...cards].sort((a, b) => TREE.depth[b.node] - TREE.depth[a.node]);
  for (const box of deepest) {
    for (let at = box.node; at < TREE.last[box.node]; at++) if (!place.has(at)) place.set(at, box);
  }
  return cards;
}

function whereOf(node) {
  const path = pathOf(node);
  if (TREE.kind[node] === UNIT) return path.split("/").slice(-2).join("/");
  return path.split("/").slice(0, -1).join("/") || kindOf(node);
}

function focusScene() {
  const centre = STATE.selected;
  const place = new Map();
  const boxes = cardsOf(new Map([[centre, 1]]), 0, place);
  Object.assign(boxes[0], { ring: THEME.accent, note: whereOf(centre) });
  const titles = [];
  let cut = 0;
  for (const [direction, side] of [["in", -1], ["out", 1]]) {
    const steps = distances(centre, direction, STATE.distance);
    for (let step = 1; step <= STATE.distance; step++) {
      const nodes = [];
      for (let node = 1; node < TREE.size; node++) if (steps[node] === step && !place.has(node)) nodes.push(node);
      if (!nodes.length) continue;
      const column = columnOf(nodes);
      cut += column.cut;
      boxes.push(...cardsOf(column.groups, side * step, place));
      titles.push(columnTitle(side, step, nodes.length, column.groups.size));
    }
  }
  const links = linksBetween(boxes, place);
  orderCards(boxes, links);
  for (const link of links) link.curve = sideCurve(place.get(link.source), place.get(link.target));
  const bounds = boundsOf(boxes);
  for (const title of titles) title.y = bounds.y - 26;
  return { kind: "focus", boxes, links, titles, all: links.length, cut, bounds: { ...bounds, y: bounds.y - 44, h: bounds.h + 44 } };
}

function columnTitle(side, step, nodes, cards) {
  const way = side < 0 ? "used by" : "depends on";
  const many = nodes > cards ? ` · ${short(nodes)} in ${cards}` : ` · ${nodes}`;
  return { x: side * step * CARD.column, y: 0, text: (step === 1 ? way : `${way}, ${step} steps`) + many };
}

function linksBetween(boxes, place) {
  const pairs = new Pairs(256);
  for (let edge = 0; edge < EDGES.size; edge++) {
    const source = place.get(EDGES.source[edge]);
    const target = place.get(EDGES.target[edge]);
    if (!source || !target || source === target || !counts(edge)) continue;
    if (Math.abs(source.x - target.x) > CARD.column + 1) continue;
    pairs.add(source.node, target.node, EDGES.kind[edge], EDGES.confidence[edge]);
  }
  const links = [];
  for (let pair = 0; pair < pairs.size; pair++) {
    const [source, target] = [pairs.source[pair], pairs.target[pair]];
    const link = linkOf(source, target, pairs.count[pair], pairs.counts[pair], pairs.sure[pair], null);
    link.beside = place.get(source).x === place.get(target).x;
    link.alpha = link.beside ? 0.25 : 0.75;
    links.push(link);
  }
  return links.filter((link) => link.beside).length > 24 ? links.filter((link) => !link.beside) : links;
}

// Each column from the middle outwards in the order of its partners nearer to the middle: fewer links cross.
function orderCards(boxes, links) {
  const by = new Map(boxes.map((box) => [box.node, box]));
  const columns = [...new Set(boxes.map((box) => box.x))].sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
  for (const x of columns) {
    const cards = boxes.filter((box) => box.x === x);
    const wish = new Map(cards.map((card) => [card, []]));
    for (const { source, target } of links) {
      const [a, b] = [by.get(source), by.get(target)];
      if (a.x === x && Math.abs(b.x + CARD.w / 2) < Math.abs(x + CARD.w / 2)) wish.get(a).push(b.y);
      if (b.x === x && Math.abs(a.x + CARD.w / 2) < Math.abs(x + CARD.w / 2)) wish.get(b).push(a.y);
    }
    const mean = (card) => wish.get(card).reduce((sum, y) => sum + y, 0) / Math.max(1, wish.get(card).length);
    const ys = cards.map((card) => card.y);
    cards.sort((a, b) => mean(a) - mean(b) || a.node - b.node).forEach((card, row) => (card.y = ys[row]));
  }
}

function boundsOf(boxes) {
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  return { x: left, y: top, w: right - left, h: bottom - top };
}
