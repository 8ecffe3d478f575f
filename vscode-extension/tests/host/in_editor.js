// What tests inside the extension host share: opening files, finding places, waiting until something is so.

const vscode = require("vscode");

const PATIENCE_MS = 60_000;

async function open(path, folder = vscode.workspace.workspaceFolders[0]) {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, path));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The position `into` characters into the first place where a text stands. */
async function at(uri, text, into) {
  const document = await vscode.workspace.openTextDocument(uri);
  const offset = document.getText().indexOf(text);
  if (offset < 0) throw new Error(`${text} is not in ${uri}`);
  return document.positionAt(offset + into);
}

function nonEmpty(list) {
  return list && list.length > 0 ? list : undefined;
}

/** Waits until something is so, and gives it; `otherwise` may be a function, asked when it never was. */
async function until(ask, otherwise) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (value) return value;
    if (Date.now() > end) throw new Error(typeof otherwise === "function" ? otherwise() : otherwise);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs all tests one after the other; what came out is written beside the workspace, where whoever started this reads it. */
async function runAll(tests) {
  const results = [];
  for (const [name, act] of Object.entries(tests)) {
    const began = Date.now();
    try {
      await act();
      results.push({ name, ms: Date.now() - began });
    } catch (error) {
      results.push({ name, failed: error?.stack ?? String(error) });
    }
  }
  const folder = vscode.workspace.workspaceFolders[0].uri;
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, "../host-results.json"), new TextEncoder().encode(JSON.stringify(results)));
}

module.exports = { at, nonEmpty, open, runAll, until };
