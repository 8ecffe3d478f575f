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
  const hue = hueOf(node);
  if (open) return mix(THEME.panel, hue, THEME.dark ? 0.05 + depth * 0.02 : 0.035 + depth * 0.018);
  const kind = TREE.kind[node];
  const strength = kind === UNIT ? 0.34 : kind === FILE ? 0.24 : 0.3;
  return mix(THEME.panel, hue, strength + (THEME.dark ? 0.06 : 0));
}

// The colours of a box; those that do not depend on a heat are worked out once for each theme.
const PAINTED = { theme: null, known: new Map() };

function paint(node, open, share) {
  if (share !== undefined) return paintAnew(node, open, share);
  if (PAINTED.theme !== THEME.page) Object.assign(PAINTED, { theme: THEME.page, known: new Map() });
  const key = node * 2 + (open ? 1 : 0);
  return PAINTED.known.get(key) ?? PAINTED.known.set(key, paintAnew(node, open, share)).get(key);
}

function paintAnew(node, open, share) {
  const fill = shade(node, open, share);
  const hue = share !== undefined ? ramp(THEME.heat, Math.min(1, share + 0.15)) : hueOf(node);
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
    const { fill, line, ink, faint } = paint(node, open, shares?.get(node));
    return { node, x: RECTS.x[node], y: RECTS.y[node], w: RECTS.w[node], h: RECTS.h[node], open, alpha: 1, ring: null, fill, line, ink, faint, note: "" };
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

// The pairs of what stands on the map and their curves, until something opens, closes or is filtered.
const MAP_LINKS = { key: "", pairs: new Pairs(16), order: [], curves: new Map() };

function currentPairs() {
  const key = `${OPENING.version} ${FILTER.kinds} ${leastNow()}`;
  if (MAP_LINKS.key !== key) {
    const pairs = pairsOf(OPENING.standing);
    const order = [...pairs.source.keys()].sort((a, b) => pairs.count[b] - pairs.count[a] || a - b);
    Object.assign(MAP_LINKS, { key, pairs, order, curves: new Map() });
  }
  return MAP_LINKS;
}

// Links between boxes in sight, the strongest; of those that lead out of sight a few, pale. What only passes by is left out.
function linksOfMap() {
  const chosen = emphasised();
  const { pairs, order, curves } = chosen >= 0 && OPENING.open[chosen] ? pairsAround(chosen) : currentPairs();
  const seen = new Map();
  const sees = (node) => seen.get(node) ?? seen.set(node, inSight(node, 0.02)).get(node);
  const most = Math.round(LINKS_EACH * clamp(OPENING.shown, 30, 150) * STATE.links);
  const room = [most * 0.25, most];
  let own = 90 * STATE.links;
  const links = [];
  let [all, strongest] = [0, 0];
  for (const pair of order) {
    const [source, target] = [pairs.source[pair], pairs.target[pair]];
    const both = sees(source) + sees(target) - 1;
    if (both < 0) continue;
    all += 1;
    if (both) strongest ||= pairs.count[pair];
    const kept = chosen >= 0 && touches(source, target, chosen) && (own -= 1) >= 0;
    if (!kept && (room[both] -= 1) < 0) continue;
    const curve = curves.get(pair) ?? curves.set(pair, mapCurve(source, target)).get(pair);
    const link = linkOf(source, target, pairs.count[pair], pairs.counts[pair], pairs.sure[pair], curve);
    link.alpha = linkAlpha(link, both, strongest || 1);
    links.push(link);
  }
  const crowd = Math.min(1, Math.sqrt(200 / Math.max(1, links.length)));
  for (const link of links) link.alpha *= crowd;
  return { links: links.reverse(), all };
}

// The stronger the fuller; what has nothing to do with the group that one looks into is paler.
function linkAlpha(link, both, strongest) {
  if (!both) return 0.12;
  const here = OPENING.here > 0 && !inside(link.source, OPENING.here) && !inside(link.target, OPENING.here);
  return (0.14 + 0.46 * Math.pow(Math.min(1, link.count / strongest), 0.4)) * (here ? 0.35 : 1);
}

// The pairs as seen from an open group: all in it counts as one.
function pairsAround(node) {
  const current = currentPairs();
  const pairs = new Pairs(256);
  for (let pair = 0; pair < current.pairs.size; pair++) {
    const [source, target] = [current.pairs.source[pair], current.pairs.target[pair]];
    const [out, into] = [inside(source, node), inside(target, node)];
    if ((out && inside(node, target)) || (into && inside(node, source))) continue;
    const at = pairs.at(out && !into ? node : source, into && !out ? node : target);
    pairs.count[at] += current.pairs.count[pair];
    pairs.counts[at] |= current.pairs.counts[pair];
    pairs.sure[at] = Math.max(pairs.sure[at], current.pairs.sure[pair]);
  }
  const order = [...pairs.source.keys()].sort((a, b) => pairs.count[b] - pairs.count[a] || a - b);
  return { pairs, order, curves: new Map() };
}

// The box that stands out: the chosen one, else the one under the pointer.
const emphasised = () => (STATE.selected >= 0 ? STATE.selected : STATE.hovered);
const touches = (source, target, node) =>
  OPENING.open[node] ? source === node || target === node : [source, target].some((end) => end === OPENING.standing[node]);

// The scene of the map. While one moves the links of the scene before are `kept`: boxes open at once, links at rest.
function mapScene(kept = null) {
  const scene = { kind: "map", boxes: boxesOfMap(), bounds: boxOf(0), ...(kept ? { links: kept.links, all: kept.all, near: kept.near } : linksOfMap()) };
  if (!kept) emphasiseLinks(scene);
  emphasiseBoxes(scene);
  return scene;
}

// What is chosen stands out with its links and what they lead to; all else steps back.
function emphasiseLinks(scene) {
  const chosen = emphasised();
  scene.near = new Set();
  if (chosen < 0) return;
  for (const link of scene.links) {
    if (!touches(link.source, link.target, chosen)) {
      link.alpha *= STATE.selected < 0 ? 0.3 : inside(link.source, chosen) ? 0.8 : 0.12;
      continue;
    }
    scene.near.add(link.source).add(link.target);
    link.alpha = Math.max(link.alpha, 0.85);
    if (STATE.selected >= 0) link.colour = THEME.edges[mainKind(link.kinds)];
  }
  scene.links.sort((a, b) => a.alpha - b.alpha);
}

function emphasiseBoxes(scene) {
  const chosen = STATE.selected;
  if (chosen < 0) return;
  for (const box of scene.boxes) {
    if (!scene.near.has(box.node) && !inside(box.node, chosen) && !inside(chosen, box.node)) box.alpha = 0.45;
    if (standsFor(box, chosen)) box.ring = THEME.accent;
  }
}

const standsFor = (box, node) => box.node === node || (!box.open && inside(node, box.node));
