// What is reached from a node along edges, and in how many steps: its neighbourhood, and what breaks if it changes.

// Steps from a node and all in it to every other, at most so many; -1 where there is no way. `direction` is `out` to
// what it depends on, `in` to what depends on it.
function distances(from, direction, most, follows = counts) {
  const steps = new Int32Array(TREE.size).fill(-1);
  const { first, list } = ADJACENT[direction];
  const ends = direction === "out" ? EDGES.target : EDGES.source;
  let now = [];
  for (let node = from; node < TREE.last[from]; node++) {
    steps[node] = 0;
    now.push(node);
  }
  for (let step = 1; step <= most && now.length; step++) {
    const next = [];
    for (const node of now) {
      for (let at = first[node]; at < first[node + 1]; at++) {
        const end = ends[list[at]];
        if (steps[end] >= 0 || !follows(list[at])) continue;
        steps[end] = step;
        next.push(end);
      }
    }
    now = next;
  }
  return steps;
}

// Edges along which a change breaks what depends: all but a habit of changing together.
const BREAKING = EDGE_KINDS.map((kind) => kind !== "changes-with");
const IMPORTS = EDGE_KINDS.indexOf("imports");

// What a change of a node may break: for each the fewest steps to it, and the product of the confidences along its
// surest way. What merely imports something breaks with it, but passes nothing on: an import says that a name is there,
// not what is done with it. Who calls what another file handed over does not break with that.
function impactOf(node) {
  const steps = new Int32Array(TREE.size).fill(-1);
  const [sure, passing] = [new Float64Array(TREE.size), new Float64Array(TREE.size)];
  const { first, list } = ADJACENT.in;
  const least = leastNow() / 100 - 1e-9;
  let now = [];
  for (let at = node; at < TREE.last[node]; at++) now.push(at);
  for (const at of now) [steps[at], passing[at]] = [0, 1];
  for (let step = 1; now.length; step++) {
    const next = new Set();
    const given = now.map((target) => passing[target]);
    now.forEach((target, place) => {
      for (let at = first[target]; at < first[target + 1]; at++) {
        const edge = list[at];
        const source = EDGES.source[edge];
        const value = (given[place] * EDGES.confidence[edge]) / 100;
        if (inside(source, node) || value < least || !breaks(edge)) continue;
        if (steps[source] < 0) steps[source] = step;
        if (value > sure[source]) sure[source] = value;
        if (EDGES.kind[edge] === IMPORTS || value <= passing[source]) continue;
        passing[source] = value;
        next.add(source);
      }
    });
    now = [...next];
  }
  return { steps, sure };
}

const breaks = (edge) =>
  BREAKING[EDGES.kind[edge]] && (FILTER.kinds >> EDGES.kind[edge]) & 1 && !(EDGES.kind[edge] === CALLS && EDGES.path.has(edge));

// The least distance of all that each box on the map stands for, and how many are reached at all.
function reachedBoxes(steps) {
  const nearest = new Int32Array(TREE.size).fill(-1);
  for (let node = TREE.size - 1; node > 0; node--) {
    if (steps[node] >= 0 && (nearest[node] < 0 || steps[node] < nearest[node])) nearest[node] = steps[node];
    const parent = TREE.parent[node];
    if (nearest[node] >= 0 && (nearest[parent] < 0 || nearest[node] < nearest[parent])) nearest[parent] = nearest[node];
  }
  return nearest;
}

const REACHED = { key: "", nearest: null };

// What each box has to do with the impact of the chosen node: found once for each choice.
function currentReach() {
  const key = `${STATE.selected} ${FILTER.kinds} ${leastNow()}`;
  if (REACHED.key !== key) Object.assign(REACHED, { key, nearest: reachedBoxes(impactOf(STATE.selected).steps) });
  return REACHED.nearest;
}

function impactScene(kept = null) {
  const nearest = currentReach();
  return markReach(mapScene(kept), (node) => (inside(node, STATE.selected) ? 0 : nearest[node]), kept);
}

function paintReached(box, step, start) {
  const colour = THEME.reach[Math.min(step, THEME.reach.length - 1)];
  Object.assign(box, { fill: mix(THEME.panel, colour, step ? 0.74 : 0.5), line: mix(colour, THEME.ink, 0.2) });
  const light = box.fill[0] * 0.3 + box.fill[1] * 0.59 + box.fill[2] * 0.11;
  box.ink = light > 140 ? [24, 32, 46] : [240, 243, 248];
  box.faint = mix(box.ink, box.fill, 0.35);
  if (step > 0) box.note = `${counted(step, "step")} away`;
  else if (start) box.note = start;
}

// The map with each box in the colour of how near it is to what changes; `near` gives steps, -1 where nothing reaches.
// `start` is what stands under the boxes that change themselves.
function markReach(scene, near, kept, start = "") {
  for (const box of scene.boxes) {
    const step = near(box.node);
    // What changes itself has a frame, too: not everybody tells colours apart.
    box.ring = standsFor(box, STATE.selected) || (start && step === 0 && !box.open) ? THEME.accent : null;
    box.alpha = step < 0 ? 0.38 : 1;
    if (step >= 0 && !box.open) paintReached(box, step, start);
  }
  for (const link of kept ? [] : scene.links) {
    const [source, target] = [near(link.source), near(link.target)];
    link.alpha = source > 0 && target >= 0 && target < source ? 0.5 : 0.02;
    link.colour = THEME.ink;
  }
  scene.kind = "impact";
  return scene;
}
