// A split of a unit, shown as a difference before it is made.

import * as vscode from "vscode";
import type { ServerSession } from "./serverSession";

const SCHEME = "aifirst-split";

export function registerSplit(session: ServerSession): vscode.Disposable {
  const proposed = new Map<string, string>();
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => proposed.get(uri.toString()) ?? "",
    }),
    vscode.commands.registerCommand("aifirst.decompose", () => split(session, proposed)),
  );
}

/** Asks for the split of the unit at the cursor, shows it, and makes it when the user says so. */
async function split(session: ServerSession, proposed: Map<string, string>): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { document } = editor;
  const { line, character } = editor.selection.active;
  const answer = await session.ask("aifirst/decompose", { uri: document.uri.toString(), position: { line, character } });
  if (!answer) return;
  const { version } = document;
  const edit = await session.editOf(answer.edit);
  const shown = document.uri.with({ scheme: SCHEME, query: String(version) });
  proposed.set(shown.toString(), edited(document, edit.get(document.uri)));
  const name = document.uri.path.split("/").at(-1) ?? "";
  await vscode.commands.executeCommand("vscode.diff", document.uri, shown, `${name}: split`, { preview: true });
  const count = answer.units.length;
  const question = `Split into ${count + 1} functions? New: ${answer.units.map((unit) => unit.name).join(", ")}`;
  const chosen = await vscode.window.showInformationMessage(question, "Split", "Discard");
  await closeDiff(shown);
  proposed.delete(shown.toString());
  if (chosen !== "Split") return;
  if (document.version !== version) {
    void vscode.window.showWarningMessage("The text changed meanwhile, so it was not split. Run the command again.");
    return;
  }
  await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  await vscode.window.showTextDocument(document);
}

function edited(document: vscode.TextDocument, edits: readonly vscode.TextEdit[]): string {
  let text = document.getText();
  const placed = edits.map((edit) => ({
    start: document.offsetAt(edit.range.start),
    end: document.offsetAt(edit.range.end),
    text: edit.newText,
  }));
  placed.sort((a, b) => b.start - a.start);
  for (const edit of placed) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return text;
}

async function closeDiff(shown: vscode.Uri): Promise<void> {
  for (const group of vscode.window.tabGroups.all) {
    for (const tab of group.tabs) {
      const { input } = tab;
      if (input instanceof vscode.TabInputTextDiff && input.modified.toString() === shown.toString()) {
        await vscode.window.tabGroups.close(tab);
      }
    }
  }
}
