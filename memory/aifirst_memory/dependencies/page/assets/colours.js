// Colours by theme: of areas, kinds of edges, heats. All pairs that have to be told apart differ in lightness too.

const AREAS = ["#4477aa", "#2f9c95", "#c9a227", "#9a6fb0", "#cc6b49", "#5b8e4a", "#b25d84", "#6f8fd0"];
const EDGE_LIGHT = ["#3b6fb6", "#12876a", "#7b4fa8", "#a765b5", "#788494", "#a87708", "#c0402f", "#1f86a3", "#86694a", "#b0497a"];
const EDGE_DARK = ["#79a8ee", "#49c7a4", "#b795e6", "#d6a5e4", "#9facba", "#e3b34b", "#f2897a", "#66c9e2", "#cbab88", "#e991b6"];
const HEAT_LIGHT = ["#f4f1e8", "#f7dfa9", "#f0b45e", "#d9793a", "#a8432e", "#6b1f2a"];
const HEAT_DARK = ["#232833", "#3d3350", "#6d3a63", "#a84b60", "#dd7554", "#f6c26b"];
const REACH_LIGHT = ["#1b4f8f", "#c0402f", "#dc7b52", "#eaa981", "#f2ccb2"];
const REACH_DARK = ["#8fbcff", "#f07a5f", "#c9623f", "#96503c", "#6c4338"];

const WAYS_LIGHT = ["#4a6a94", "#d1552f"]; // links that lead down, and those that lead up
const WAYS_DARK = ["#8ba6cc", "#f58a5e"];

const THEME = { dark: false, page: [0, 0, 0], panel: [0, 0, 0], ink: [0, 0, 0], soft: [0, 0, 0], accent: [0, 0, 0] };

function rgb(text) {
  const hex = text.trim().match(/^#([0-9a-f]{3,8})$/i);
  if (hex) {
    const digits = hex[1].length < 6 ? [...hex[1]].map((digit) => digit + digit).join("") : hex[1];
    return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
  }
  const numbers = text.match(/[\d.]+/g);
  return numbers && numbers.length >= 3 ? numbers.slice(0, 3).map(Number) : [128, 128, 128];
}

const mix = (from, to, share) => from.map((value, at) => value + (to[at] - value) * share);
const css = (colour, alpha = 1) => `rgba(${colour.map(Math.round).join(",")},${Math.round(alpha * 1000) / 1000})`;

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const named = (name) => rgb(style.getPropertyValue(name));
  Object.assign(THEME, {
    page: named("--page"), panel: named("--panel"), ink: named("--ink"), soft: named("--soft"), accent: named("--accent"),
  });
  THEME.dark = THEME.page[0] * 0.3 + THEME.page[1] * 0.6 + THEME.page[2] * 0.1 < 128;
  THEME.edges = (THEME.dark ? EDGE_DARK : EDGE_LIGHT).map(rgb);
  THEME.heat = (THEME.dark ? HEAT_DARK : HEAT_LIGHT).map(rgb);
  THEME.reach = (THEME.dark ? REACH_DARK : REACH_LIGHT).map(rgb);
  THEME.ways = (THEME.dark ? WAYS_DARK : WAYS_LIGHT).map(rgb);
  THEME.areas = AREAS.map(rgb);
}

function ramp(colours, share) {
  const at = clamp(share, 0, 1) * (colours.length - 1);
  const low = Math.min(Math.floor(at), colours.length - 2);
  return mix(colours[low], colours[low + 1], at - low);
}

// The hue of a node's area; what lies above all areas has none. Areas are the groups near the top, the largest of them
// taken apart until there are enough to tell one part of a project from another.
const NO_AREA = 255;
const AREA = new Uint8Array(TREE.size).fill(NO_AREA);
const MOST_AREAS = 24;

function nameAreas() {
  const areas = new Set(TREE.children[0] ?? []);
  const size = (node) => TREE.tokens[node] || 1;
  const apart = (node) => TREE.children[node]?.length > 1 && TREE.children[node].length <= MOST_AREAS && TREE.kind[node] === FOLDER
    && !TREE.children[node].some((child) => TREE.kind[child] === RANGE);
  while (areas.size < 40) {
    const largest = [...areas].filter(apart).sort((a, b) => size(b) - size(a) || a - b)[0];
    if (largest === undefined || size(largest) < TREE.tokens[0] * 0.2) break;
    areas.delete(largest);
    for (const child of TREE.children[largest]) areas.add(child);
  }
  const ranked = [...areas].filter((node) => size(node) > TREE.tokens[0] * 0.002).sort((a, b) => size(b) - size(a) || a - b);
  ranked.forEach((node, rank) => AREA.fill(rank % AREAS.length, node, TREE.last[node]));
}

const hueOf = (node) => (AREA[node] === NO_AREA ? THEME.soft : THEME.areas[AREA[node]]);

const HEATS = {
  tokens: { of: (node) => TREE.tokens[node], says: "Tokens" },
  glue: { of: (node) => TREE.glue[node] / Math.max(1, TREE.tokens[node]), says: "Share of glue" },
  churn: { of: (node) => (CHURN ? CHURN[node] : 0), says: "Commits" },
  findings: { of: (node) => (FINDINGS ? FINDINGS[node] : 0), says: "Findings" },
};
