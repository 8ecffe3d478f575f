// In a webview of an editor: a click shows the code beside the map, which keeps the focus, and the page goes where its
// host says that the cursor is. Anywhere else it listens to nobody.

const HOST = { shown: "" };

function showInHost(node) {
  const [path, line] = [pathOf(node), Math.max(1, TREE.line[node])];
  if (!vscode || !path || TREE.kind[node] < FILE) return;
  HOST.shown = `${path}:${line}`;
  vscode.postMessage({ type: "open", path, line, keep: true });
}

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
    if (data?.type === "change") return takeChange(data);
    // What a change may break stays in sight while one looks at its code.
    if (data?.type !== "focus" || typeof data.path !== "string" || STATE.view === "change") return;
    const isOurs = HOST.shown === `${data.path}:${data.line}`;
    HOST.shown = "";
    if (isOurs) return; // the cursor is there because of a click here, which may have been on the whole file
    const node = nodeAround(data.path, Number(data.line) || 1);
    if (node >= 0 && node !== STATE.selected) choose(node, true);
  });
  vscode.postMessage({ type: "ready" });
}
