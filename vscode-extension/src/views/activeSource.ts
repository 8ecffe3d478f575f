// Which file a command is about.

import * as vscode from "vscode";

/** The file in the active editor; where that shows something made from a file, the file that it was made from. */
export function activeSource(made?: {
  sourceOf(uri: vscode.Uri): { readonly source: vscode.Uri } | undefined;
}): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri) return undefined;
  return made?.sourceOf(uri)?.source ?? uri;
}

/** Opens a place; `line` starts at 1, as everywhere in aifirst's own messages. */
export async function openPlace(uri: vscode.Uri, line: number, options: vscode.TextDocumentShowOptions = {}): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { ...options, selection: new vscode.Range(at, at) });
}
