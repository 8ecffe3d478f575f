// The tree as a list: for those who do not see the map, and a quick way about for all others.

function outlineRow(node) {
  const openable = isOpenable(node);
  const count = TREE.kind[node] <= FOLDER ? TREE.files[node] || TREE.children[node]?.length || 0 : 0;
  return make("li", {
    role: "treeitem", "data-node": node, tabindex: "-1", "aria-level": TREE.depth[node], "aria-selected": String(node === STATE.selected),
    "aria-expanded": openable ? "false" : null, "aria-label": describe(node),
  }, make("div", { class: "row" }, make("em", { "aria-hidden": "true" }, openable ? "›" : ""), make("b", {}, nameOf(node)), make("i", {}, count ? short(count) : "")));
}

function expandRow(item, open) {
  const node = Number(item.dataset.node);
  if (!isOpenable(node) || (item.getAttribute("aria-expanded") === "true") === open) return;
  item.setAttribute("aria-expanded", String(open));
  if (!open) return item.querySelector("ul").remove();
  const rows = [...TREE.children[node]].slice(0, 500).map(outlineRow);
  rows.forEach((row) => (row.firstChild.style.paddingLeft = `${8 + 12 * (TREE.depth[Number(row.dataset.node)] - 1)}px`));
  item.append(make("ul", { role: "group" }, ...rows));
}

const rowsInSight = () => [...$("outline").querySelectorAll('[role="treeitem"]')];

function focusRow(item) {
  if (!item) return;
  rowsInSight().forEach((row) => (row.tabIndex = -1));
  item.tabIndex = 0;
  item.focus();
  item.scrollIntoView({ block: "nearest" });
}

function outlineKey(event) {
  const item = event.target.closest('[role="treeitem"]');
  if (!item) return;
  const rows = rowsInSight();
  const at = rows.indexOf(item);
  const open = item.getAttribute("aria-expanded");
  const moves = {
    ArrowDown: () => focusRow(rows[at + 1]),
    ArrowUp: () => focusRow(rows[at - 1]),
    Home: () => focusRow(rows[0]),
    End: () => focusRow(rows[rows.length - 1]),
    ArrowRight: () => (open === "false" ? expandRow(item, true) : open && focusRow(rows[at + 1])),
    ArrowLeft: () => (open === "true" ? expandRow(item, false) : focusRow(item.parentElement.closest('[role="treeitem"]'))),
    Enter: () => choose(Number(item.dataset.node), true),
    " ": () => choose(Number(item.dataset.node), true),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  moves[event.key]();
}

function outlineClick(event) {
  const item = event.target.closest('[role="treeitem"]');
  if (!item) return;
  const node = Number(item.dataset.node);
  if (event.target.tagName === "EM") expandRow(item, item.getAttribute("aria-expanded") !== "true");
  else {
    expandRow(item, true);
    choose(node, true);
  }
}

function makeOutline() {
  const outline = $("outline");
  outline.replaceChildren(...(TREE.children[0] ?? []).map(outlineRow));
  if (outline.firstChild) outline.firstChild.tabIndex = 0;
  outline.addEventListener("keydown", outlineKey);
  outline.addEventListener("click", outlineClick);
}

function markOutline() {
  for (const row of rowsInSight()) row.setAttribute("aria-selected", String(Number(row.dataset.node) === STATE.selected));
}
