// Where the tokens are: folders and files as rectangles, by size, coloured by the share in large functions.
// Layout: squarified treemaps (Bruls, Huizing, van Wijk 2000).

function folderTree() {
  const root = { name: "", path: "", tokens: 0, over: 0, files: 0, children: new Map() };
  for (const file of judged) {
    if (file.kind !== "code" || !file.tokens) continue;
    const parts = file.path.split("/");
    let node = root;
    parts.forEach((part, depth) => {
      node.tokens += file.tokens;
      node.over += file.overTokens;
      node.files += 1;
      if (!node.children.has(part)) {
        const path = parts.slice(0, depth + 1).join("/");
        node.children.set(part, { name: part, path, tokens: 0, over: 0, files: 0, children: new Map(), file: null });
      }
      node = node.children.get(part);
    });
    Object.assign(node, { tokens: file.tokens, over: file.overTokens, files: 1, file });
  }
  return root;
}

function worstRatio(row, side, sum) {
  const largest = Math.max(...row);
  const smallest = Math.min(...row);
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest));
}

// Places areas (largest first) in the box; gives back one {x, y, width, height} each.
function squarify(areas, box) {
  const placed = [];
  let { x, y, width, height } = box;
  let index = 0;
  while (index < areas.length) {
    const side = Math.min(width, height);
    let row = [areas[index]];
    let sum = areas[index];
    while (index + row.length < areas.length) {
      const next = areas[index + row.length];
      if (worstRatio([...row, next], side, sum + next) > worstRatio(row, side, sum)) break;
      row = [...row, next];
      sum += next;
    }
    const thick = side ? sum / side : 0;
    let along = 0;
    for (const area of row) {
      const long = thick ? area / thick : 0;
      placed.push(width >= height
        ? { x, y: y + along, width: thick, height: long }
        : { x: x + along, y, width: long, height: thick });
      along += long;
    }
    if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
    index += row.length;
  }
  return placed;
}

// The largest children; what is too small to see becomes one rectangle that opens like a folder.
function shownChildren(node, smallest, limit) {
  const all = [...node.children.values()].sort((a, b) => b.tokens - a.tokens || (a.path < b.path ? -1 : 1));
  const shown = all.slice(0, limit).filter((child) => child.tokens > node.tokens * smallest);
  const rest = all.slice(shown.length);
  if (rest.length > 1) {
    const sum = (key) => rest.reduce((total, child) => total + child[key], 0);
    const children = new Map(rest.map((child) => [child.name, child]));
    shown.push({ name: `${number(rest.length)} more`, path: "", tokens: sum("tokens"), over: sum("over"), files: sum("files"), children, rest: true });
  } else shown.push(...rest);
  return shown;
}

const heat = (node) => Math.min(Math.floor((node.over / (node.tokens || 1)) * 10), 5);

function treemapTile(node, place, open) {
  const share = node.over / (node.tokens || 1);
  const tip = `${node.path || node.name}: ${number(node.tokens)} tokens in ${plural(node.files, "file")}, ${percent(share)} in functions over ${number(data.limit)}`;
  const group = svg("g", {
    class: `tile heat${heat(node)}`, "data-tip": tip, "aria-label": tip, tabindex: 0, role: "button",
    onclick: () => open(node),
    onkeydown: (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(node); }
    },
  });
  const width = Math.max(place.width - 2, 0.5);
  const height = Math.max(place.height - 2, 0.5);
  group.append(svg("rect", { x: place.x + 1, y: place.y + 1, width, height, rx: 4 }));
  const letters = Math.floor((width - 14) / 7);
  if (height > 24 && letters > 2) {
    const name = node.children.size && !node.rest ? `${node.name}/` : node.name;
    group.append(svg("text", { x: place.x + 9, y: place.y + 19 }, name.length > letters ? `${name.slice(0, letters - 1)}…` : name));
    if (height > 42 && letters > 4) group.append(svg("text", { x: place.x + 9, y: place.y + 35, class: "small" }, short(node.tokens)));
  }
  return group;
}

// The panel: a path to go back along, and the rectangles; a folder opens, a file is looked up in the table.
function treemapPanel(showFiles) {
  const root = folderTree();
  let trail = [root];
  while (trail.at(-1).children.size === 1 && [...trail.at(-1).children.values()][0].children.size) {
    trail.push([...trail.at(-1).children.values()][0]);
  }
  const crumbs = el("div", { class: "crumbs" });
  const open = (node) => {
    if (!node.children.size) return showFiles(node.path);
    trail = [...trail, node];
    return update();
  };
  const plot = responsive((width) => {
    const node = trail.at(-1);
    const height = Math.round(Math.min(Math.max(width * 0.58, 280), 470));
    const children = shownChildren(node, 600 / (width * height), width < 500 ? 30 : 150);
    const areas = children.map((child) => (child.tokens * width * height) / (node.tokens || 1));
    const chart = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "treemap", role: "group", "aria-label": "Tokens by folder" });
    squarify(areas, { x: 0, y: 0, width, height }).forEach((place, index) => chart.append(treemapTile(children[index], place, open)));
    return chart;
  });
  const update = () => {
    crumbs.replaceChildren(...trail.flatMap((node, index) => {
      const name = node.name || data.project;
      const last = index === trail.length - 1;
      const go = () => { trail = trail.slice(0, index + 1); update(); };
      return [index ? el("span", { "aria-hidden": "true" }, "/") : "", last ? el("b", {}, name) : el("button", { type: "button", onclick: go }, name)];
    }).filter(Boolean));
    plot.redraw();
  };
  update();
  return el("div", {}, crumbs, plot, heatLegend());
}

function heatLegend() {
  const steps = [0, 1, 2, 3, 4, 5].map((step) => el("span", { class: `swatch heat${step}` }));
  return el("p", { class: "legend" }, `Share of tokens in functions over ${number(data.limit)}: 0 %`, el("span", { class: "ramp" }, steps), "50 % and more");
}
