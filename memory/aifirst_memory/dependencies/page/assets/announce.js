// What a screen reader is told, and what stands in the corner of the map.

const announce = (text) => {
  $("said").textContent = text;
};

function describe(node) {
  const parts = [nameOf(node), kindOf(node)];
  if (TREE.kind[node] <= FOLDER && TREE.files[node]) parts.push(counted(TREE.files[node], "file"));
  if (TREE.tokens[node]) parts.push(counted(TREE.tokens[node], "token"));
  const { out, into } = crossingCounts(node);
  parts.push(`depends on ${short(out)}, used by ${short(into)}`);
  return parts.join(", ");
}

// How many edges lead out of a node and all in it, and how many into it.
function crossingCounts(node) {
  let [out, into] = [0, 0];
  for (let at = ADJACENT.out.first[node]; at < ADJACENT.out.first[TREE.last[node]]; at++) {
    const edge = ADJACENT.out.list[at];
    if (counts(edge) && !inside(EDGES.target[edge], node)) out += 1;
  }
  for (let at = ADJACENT.in.first[node]; at < ADJACENT.in.first[TREE.last[node]]; at++) {
    const edge = ADJACENT.in.list[at];
    if (counts(edge) && !inside(EDGES.source[edge], node)) into += 1;
  }
  return { out, into };
}

function showStatus(scene) {
  const boxes = counted(scene.boxes.length, scene.kind === "map" || scene.kind === "impact" ? "group" : "box",
    scene.kind === "map" || scene.kind === "impact" ? "groups" : "boxes");
  const links = scene.links.length < scene.all ? `${scene.links.length} strongest of ${counted(scene.all, "link")}` : counted(scene.all, "link");
  const cut = scene.cut ? ` · ${scene.cut} more not drawn` : "";
  $("status").textContent = `${boxes} · ${links}${cut}`;
}
