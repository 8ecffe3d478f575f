// Sums over pairs of nodes: the edges between groups, however many stand behind each.

class Pairs {
  constructor(expected) {
    this.capacity = 1 << Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.clear();
  }

  clear() {
    this.size = 0;
    this.slots = new Int32Array(this.capacity).fill(-1);
    this.source = [];
    this.target = [];
    this.count = [];
    this.counts = [];
    this.sure = [];
  }

  // The number of the pair, made where it is new.
  at(source, target) {
    const mask = this.capacity - 1;
    let slot = (Math.imul(source, 0x9e3779b1) ^ Math.imul(target, 0x85ebca6b)) & mask;
    slot = (slot ^ (slot >>> 7)) & mask;
    for (; this.slots[slot] >= 0; slot = (slot + 1) & mask) {
      const pair = this.slots[slot];
      if (this.source[pair] === source && this.target[pair] === target) return pair;
    }
    this.slots[slot] = this.size;
    this.source.push(source);
    this.target.push(target);
    this.count.push(0);
    this.counts.push(0);
    this.sure.push(0);
    if ((this.size += 1) * 2 > this.capacity) this.grow();
    return this.size - 1;
  }

  grow() {
    const { source, target, count, counts, sure } = this;
    this.capacity *= 2;
    this.clear();
    for (let pair = 0; pair < source.length; pair++) this.at(source[pair], target[pair]);
    Object.assign(this, { count, counts, sure });
  }

  add(source, target, kind, confidence) {
    const pair = this.at(source, target);
    this.count[pair] += 1;
    this.counts[pair] |= 1 << kind;
    if (confidence > this.sure[pair]) this.sure[pair] = confidence;
  }
}

// Which edges count now: kinds as bits, least confidence in hundredths.
const FILTER = { kinds: (1 << EDGE_KINDS.length) - 1, confidence: null };

// From which confidence on an edge counts: what was chosen, else all, and for an impact what is more likely than not.
const LIKELY = 50;
const leastNow = () => FILTER.confidence ?? (STATE.view === "impact" ? LIKELY : 0);

const counts = (edge) =>
  (FILTER.kinds >> EDGES.kind[edge]) & 1 && EDGES.confidence[edge] >= leastNow();

// The edges, of some kinds, between what stands for each node; none within one, nor between a node and what it lies in.
function pairsOf(standing, kinds = -1) {
  const pairs = new Pairs(1024);
  for (let edge = 0; edge < EDGES.size; edge++) {
    const source = standing[EDGES.source[edge]];
    const target = standing[EDGES.target[edge]];
    if (source === target || source < 0 || target < 0 || !counts(edge) || !((kinds >> EDGES.kind[edge]) & 1)) continue;
    if (inside(source, target) || inside(target, source)) continue;
    pairs.add(source, target, EDGES.kind[edge], EDGES.confidence[edge]);
  }
  return pairs;
}
