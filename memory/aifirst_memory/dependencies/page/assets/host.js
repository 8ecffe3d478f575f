// In a webview of an editor: the page goes where its host says that the cursor is. Anywhere else it listens to nobody.

// The smallest unit of the file around the line, else the file; -1 where the graph does not have the file.
function nodeAround(path, line) {
  const file = nodeOf(path);
  let found = file;
  for (let at = file + 1; file >= 0 && at < TREE.last[file]; at++) {
    if (TREE.kind[at] === UNIT && TREE.line[at] <= line && line <= TREE.end[at]) found = at;
  }
  return found;
}

function listenToHost() {
  if (!vscode) return;
  window.addEventListener("message", ({ data }) => {
    if (data?.type !== "focus" || typeof data.path !== "string") return;
    const node = nodeAround(data.path, Number(data.line) || 1);
    if (node >= 0 && node !== STATE.selected) choose(node, true);
  });
  vscode.postMessage({ type: "ready" });
}
