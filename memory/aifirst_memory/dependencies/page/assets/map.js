// The map as a scene: boxes in the order they are painted, links between them. Views and exports draw only scenes.

const LINKS_EACH = 3; // links drawn for each box on the screen: the strongest
const STATE = { view: "map", selected: -1, hovered: -1, colour: "area", distance: 1, cycle: 0, links: 1, paint: "way" };

// Share of a heat's largest value among nodes of the same level on the screen, on a scale that shows small ones too.
function heatShares(nodes) {
  const heat = HEATS[STATE.colour];
  if (!heat) return null;
  const values = new Map(nodes.map((node) => [node, heat.of(node)]));
  const leaves = nodes.filter((node) => !OPENING.open[node]);
  const most = Math.max(...leaves.map((node) => values.get(node)), 1e-9);
  return new Map(nodes.map((node) => [node, Math.sqrt(values.get(node) / most)]));
}

function shade(node, open, share) {
  const depth = Math.min(TREE.depth[node], 7);
  if (share !== undefined) {
    const heat = ramp(THEME.heat, share);
    return open ? mix(THEME.panel, heat, 0.12) : heat;
  }
  const hue = THEME.areas[AREA[node]];
  if (open) return mix(THEME.panel, hue, THEME.dark ? 0.05 + depth * 0.02 : 0.035 + depth * 0.018);
  const kind = TREE.kind[node];
  const strength = kind === UNIT ? 0.34 : kind === FILE ? 0.24 : 0.3;
  return mix(THEME.panel, hue, strength + (THEME.dark ? 0.06 : 0));
}

function paint(node, open, share) {
  const fill = shade(node, open, share);
  const hue = share !== undefined ? ramp(THEME.heat, Math.min(1, share + 0.15)) : THEME.areas[AREA[node]];
  const line = mix(mix(THEME.panel, hue, open ? 0.4 : 0.66), THEME.ink, THEME.dark ? 0.06 : 0.03);
  const light = fill[0] * 0.3 + fill[1] * 0.59 + fill[2] * 0.11;
  const strong = light > 140 ? [24, 32, 46] : [240, 243, 248];
  return { fill, line, ink: mix(strong, fill, open ? 0.28 : 0.08), faint: mix(strong, fill, 0.42) };
}

function boxesOfMap() {
  const nodes = [];
  const walk = (node) => {
    for (const child of TREE.children[node] ?? []) {
      if (!inSight(child, 1)) continue;
      nodes.push(child);
      if (OPENING.open[child]) walk(child);
    }
  };
  walk(0);
  const shares = heatShares(nodes);
  return nodes.map((node) => {
    const open = OPENING.open[node] === 1;
    return { node, ...boxOf(node), open, alpha: 1, ring: null, ...paint(node, open, shares?.get(node)), note: noteOf(node) };
  });
}

// What stands under a name where there is room.
function noteOf(node) {
  const kind = TREE.kind[node];
  if (kind <= FOLDER) {
    const files = TREE.files[node];
    return files ? counted(files, "file") : counted(TREE.last[node] - node - 1, "entry", "entries");
  }
  if (kind === FILE || kind === UNIT) return `${short(TREE.tokens[node])} tokens`;
  return "";
}

// The kind that most of a pair's edges are of: the first in the list of those there are says enough.
const mainKind = (kinds) => 31 - Math.clz32(kinds & -kinds);

function linkOf(source, target, count, kinds, sure, curve) {
  const colour = STATE.paint === "kind" || STATE.view !== "map" ? THEME.edges[mainKind(kinds)] : THEME.ways[wayOf(source, target)];
  return { source, target, count, kinds, sure, curve, colour, width: 0.8 + Math.min(3.6, Math.log2(count) * 0.36), alpha: 1 };
}

// 1 where a link leads up: from what others depend on back to those. 0 where it leads down or aside.
function wayOf(source, target) {
  const [, a, b] = meeting(source, target);
  return RECTS.y[b] + RECTS.h[b] <= RECTS.y[a] ? 1 : 0;
}

function linksOfMap() {
  const pairs = pairsOf(OPENING.standing);
  const order = [...pairs.source.keys()].sort((a, b) => pairs.count[b] - pairs.count[a] || a - b);
  const most = Math.round(LINKS_EACH * Math.max(30, OPENING.shown) * STATE.links);
  const strongest = pairs.count[order[0]] ?? 1;
  const links = [];
  order.forEach((pair, rank) => {
    const [source, target] = [pairs.source[pair], pairs.target[pair]];
    const chosen = STATE.selected >= 0 && [source, target].some((end) => inside(end, STATE.selected));
    if (rank >= most && !chosen) return;
    if (!inSight(source, 1) && !inSight(target, 1)) return;
    const link = linkOf(source, target, pairs.count[pair], pairs.counts[pair], pairs.sure[pair], mapCurve(source, target));
    link.alpha = 0.14 + 0.46 * Math.pow(link.count / strongest, 0.4);
    links.push(link);
  });
  return { links: links.reverse(), all: pairs.size };
}

function mapScene() {
  const { links, all } = linksOfMap();
  const scene = { kind: "map", boxes: boxesOfMap(), links, all, bounds: boxOf(0) };
  emphasise(scene);
  return scene;
}

// What is chosen stands out, with its links and what they lead to; all else steps back.
function emphasise(scene) {
  const chosen = STATE.selected;
  if (chosen < 0) return;
  const near = new Set();
  for (const link of scene.links) {
    const [out, into] = [inside(link.source, chosen), inside(link.target, chosen)];
    const own = out || into || link.source === OPENING.standing[chosen] || link.target === OPENING.standing[chosen];
    link.alpha = own ? 0.95 : 0.05;
    if (own) near.add(link.source).add(link.target);
  }
  for (const box of scene.boxes) {
    const related = near.has(box.node) || inside(box.node, chosen) || inside(chosen, box.node);
    if (!related) box.alpha = 0.42;
    if (box.node === chosen || (!box.open && inside(chosen, box.node))) box.ring = THEME.accent;
  }
}
