// The search box: names and paths that hold all words of the query, best first.

const MOST_RESULTS = 40;
const FOUND = { nodes: [], at: 0 };
const LOWER = new Array(TREE.size);

const lowerName = (node) => (LOWER[node] ??= TREE.name[node].toLowerCase());

// How well a node answers, 0 for not at all: its own name counts more than its path, a beginning more than a middle.
function matching(node, words) {
  const name = lowerName(node);
  const last = name.slice(name.lastIndexOf(TREE.kind[node] === UNIT ? "." : "/") + 1);
  let score = joinedScore(last, words);
  for (const word of words) {
    const found = wordScore(word, last, name, node, words.length > 1);
    if (!found) return 0;
    score += found;
  }
  return score + (TREE.kind[node] <= FOLDER ? 3 : TREE.kind[node] === FILE ? 2 : 0);
}

// What is written as one word may be asked for as several.
function joinedScore(last, words) {
  const joined = words.join("");
  if (words.length < 2 || (!last.includes(joined) && !last.includes(words.join("_")))) return 0;
  return 60 * words.length + (last.length === joined.length ? 20 : 0);
}

function wordScore(word, last, name, node, several) {
  if (last === word) return 100;
  if (last.startsWith(word)) return 60 - Math.min(20, last.length - word.length);
  if (last.includes(word)) return 30;
  if (name.includes(word)) return 20;
  return pathOf(node).toLowerCase().includes(word) ? (several ? 8 : 2) : 0;
}

function find(query) {
  const words = query.toLowerCase().split(/[\s:]+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (let node = 1; node < TREE.size; node++) {
    if (TREE.kind[node] === RANGE) continue;
    const score = matching(node, words);
    if (score) found.push([score, node]);
  }
  return found.sort((a, b) => b[0] - a[0] || TREE.name[a[1]].length - TREE.name[b[1]].length || a[1] - b[1]).slice(0, MOST_RESULTS).map(([, node]) => node);
}

function showResults() {
  const rows = FOUND.nodes.map((node, at) =>
    make("li", { role: "option", id: `result-${at}`, "aria-selected": String(at === FOUND.at), onpointerdown: (event) => (event.preventDefault(), takeResult(at)) },
      make("b", {}, visible(TREE.name[node])), make("span", {}, make("bdi", {}, TREE.kind[node] === UNIT ? visible(pathOf(node)) : visible(whereOf(node)))), make("i", { class: "kind" }, kindOf(node))));
  if (!rows.length && $("search").value.trim()) rows.push(make("li", { role: "option", "aria-disabled": "true" }, make("span", {}, "Nothing of that name.")));
  $("results").replaceChildren(...rows);
  $("results").hidden = !rows.length;
  $("search").setAttribute("aria-expanded", String(rows.length > 0));
  if (FOUND.nodes.length) $("search").setAttribute("aria-activedescendant", `result-${FOUND.at}`);
  else $("search").removeAttribute("aria-activedescendant");
  $("results").children[FOUND.at]?.scrollIntoView({ block: "nearest" });
}

function closeResults() {
  $("results").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
}

function takeResult(at) {
  const node = FOUND.nodes[at];
  closeResults();
  if (node === undefined) return;
  $("map").focus();
  choose(node, true);
}

function searchKey(event) {
  event.stopPropagation();
  const size = Math.max(1, FOUND.nodes.length);
  const moves = {
    ArrowDown: () => (FOUND.at = (FOUND.at + 1) % size, showResults()),
    ArrowUp: () => (FOUND.at = (FOUND.at + size - 1) % size, showResults()),
    Enter: () => takeResult(FOUND.at),
    Escape: () => (closeResults(), $("map").focus()),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
}

function makeSearch() {
  const box = $("search");
  box.addEventListener("input", () => {
    [FOUND.nodes, FOUND.at] = [find(box.value), 0];
    showResults();
    announce(counted(FOUND.nodes.length, "result"));
  });
  box.addEventListener("keydown", searchKey);
  box.addEventListener("blur", closeResults);
}
