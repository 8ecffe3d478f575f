// The tree and the edges out of the embedded columns. A node is its number in preorder: all below it follow it.

const DATA = JSON.parse(document.getElementById("graph").textContent);
const KINDS = DATA.branch_kinds;
const EDGE_KINDS = DATA.edge_kinds;
const [PROJECT, GROUP, RANGE, FOLDER, FILE, UNIT, PACKAGE] = KINDS.keys();

function makeTree(places) {
  const size = places.parent.length;
  const tree = {
    size, kind: Uint8Array.from(places.kind), name: places.name, parent: Int32Array.from(places.parent),
    line: Int32Array.from(places.line), tokens: Float64Array.from(places.tokens), glue: Float64Array.from(places.glue),
    unit: Uint8Array.from(places.unit), depth: new Int32Array(size), last: new Int32Array(size),
    end: Int32Array.from(places.end, (more, at) => places.line[at] + more),
    children: Array.from({ length: size }, () => null), files: new Int32Array(size), units: new Int32Array(size),
  };
  for (let at = 1; at < size; at++) {
    const parent = tree.parent[at];
    tree.depth[at] = tree.depth[parent] + 1;
    (tree.children[parent] ??= []).push(at);
  }
  for (let at = size - 1; at >= 0; at--) sumUp(tree, at);
  return tree;
}

// What a node holds, added to what the one above it holds; from the last number to the first.
function sumUp(tree, at) {
  const parent = tree.parent[at];
  tree.last[at] = Math.max(tree.last[at], at + 1);
  if (tree.kind[at] === FILE) tree.files[at] = 1;
  if (tree.kind[at] === UNIT) tree.units[at] += 1;
  if (parent < 0) return;
  tree.last[parent] = Math.max(tree.last[parent], tree.last[at]);
  tree.files[parent] += tree.files[at];
  tree.units[parent] += tree.units[at];
  if (tree.kind[at] <= FILE) {
    tree.tokens[parent] += tree.tokens[at];
    tree.glue[parent] += tree.glue[at];
  }
}

function makeEdges(links) {
  const size = links.target.length;
  const edges = {
    size, source: new Int32Array(size), target: Int32Array.from(links.target), kind: Uint8Array.from(links.kind),
    line: Int32Array.from(links.line), confidence: Uint8Array.from(links.confidence), path: new Map(),
  };
  for (let at = 0, source = 0; at < size; at++) edges.source[at] = source += links.source[at];
  for (let at = 0; at < links.path.length; at += 2) edges.path.set(links.path[at], links.path[at + 1]);
  return edges;
}

// Where a node's edges stand: out ones by source, in ones by target, as ranges of two lists of edge numbers.
function makeAdjacency(tree, edges) {
  const by = (ends) => {
    const first = new Int32Array(tree.size + 1);
    for (const end of ends) first[end + 1] += 1;
    for (let at = 0; at < tree.size; at++) first[at + 1] += first[at];
    const next = first.slice();
    const list = new Int32Array(edges.size);
    for (let edge = 0; edge < edges.size; edge++) list[next[ends[edge]]++] = edge;
    return { first, list };
  };
  return { out: by(edges.source), in: by(edges.target) };
}

// Commits and findings of everything in a node, where the page was given any.
function makeHeat(tree, values) {
  const own = Object.entries(values);
  if (!own.length) return null;
  const heat = new Float64Array(tree.size);
  for (const [at, value] of own) heat[at] = value;
  return heat;
}

function summed(tree, heat) {
  if (heat) for (let at = tree.size - 1; at > 0; at--) heat[tree.parent[at]] += heat[at];
  return heat;
}

// Commits of a file are not those of its units: what lies above takes the files' alone.
function summedChurn(tree, heat) {
  if (heat) {
    for (let at = tree.size - 1; at > 0; at--) {
      if (tree.kind[at] !== UNIT) heat[tree.parent[at]] += heat[at];
    }
  }
  return heat;
}

const TREE = makeTree(DATA.places);
const EDGES = makeEdges(DATA.links);
const ADJACENT = makeAdjacency(TREE, EDGES);
const CHURN = summedChurn(TREE, makeHeat(TREE, DATA.churn));
const FINDINGS = summed(TREE, makeHeat(TREE, DATA.findings));
TREE.name[0] = DATA.title;

const inside = (node, above) => node >= above && node < TREE.last[above];
const isOpenable = (node) => TREE.children[node] !== null;

function fileOf(node) {
  while (node > 0 && TREE.kind[node] > FILE) node = TREE.parent[node];
  return node;
}

// Path of a file or folder, of a unit that of its file; empty for what has none.
function pathOf(node) {
  const kind = TREE.kind[node];
  if (DATA.ids[node] !== undefined && kind <= UNIT) return DATA.ids[node].split("::")[0].replace(/\/$/, "");
  if (kind > UNIT || node === 0 || kind === GROUP) return "";
  if (kind === RANGE) return pathOf(TREE.parent[node]);
  if (kind === UNIT) return pathOf(fileOf(node));
  const above = pathOf(TREE.parent[node]);
  return above ? `${above}/${TREE.name[node]}` : TREE.name[node];
}

function idOf(node) {
  const kind = TREE.kind[node];
  if (DATA.ids[node] !== undefined) return DATA.ids[node];
  if (node === 0) return "";
  if (kind === RANGE) return "range:" + idOf(node + 1);
  if (kind === GROUP) return "group:" + TREE.name[node];
  if (kind === FOLDER) return pathOf(node) + "/";
  if (kind === FILE) return pathOf(node);
  return kind === UNIT ? `${pathOf(node)}::${TREE.name[node]}` : `${KINDS[kind]}:${TREE.name[node]}`;
}

function nodeOf(id) {
  for (let node = 0; node < TREE.size; node++) if (idOf(node) === id) return node;
  return -1;
}

// What a unit is called inside of the unit that it lies in.
function nameOf(node) {
  const name = TREE.name[node];
  const parent = TREE.parent[node];
  if (TREE.kind[node] === UNIT && TREE.kind[parent] === UNIT && name.startsWith(TREE.name[parent] + ".")) {
    return visible(name.slice(TREE.name[parent].length + 1));
  }
  return visible(name) || "(no name)";
}

const kindOf = (node) => (TREE.kind[node] === UNIT ? DATA.unit_kinds[TREE.unit[node]] : "") || KINDS[TREE.kind[node]];

// Of both the lowest that holds them, and its two children on the way to them (a node itself where it is the one).
function meeting(a, b) {
  let [left, right] = [a, b];
  while (!inside(b, left)) [a, left] = [left, TREE.parent[left]];
  while (!inside(a, right)) [b, right] = [right, TREE.parent[right]];
  return [left, a, b];
}
