// A split of a unit, shown as a difference before it is made.

import * as vscode from "vscode";
import type { ServerSession } from "./serverSession";

const SCHEME = "aifirst-split";

type Answer = "Split" | "Discard";

/** A split that is shown: its text, and who waits for what the user says to it. */
interface Proposal {
  readonly text: string;
  answer(said: Answer): void;
}

export function registerSplit(session: ServerSession): vscode.Disposable {
  const proposals = new Map<string, Proposal>();
  const command = vscode.commands.registerCommand;
  const answer = (said: Answer): void => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (input instanceof vscode.TabInputTextDiff) proposals.get(input.modified.toString())?.answer(said);
  };
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => proposals.get(uri.toString())?.text ?? "",
    }),
    session.command("aifirst.decompose", () => split(session, proposals)),
    command("aifirst.applySplit", () => answer("Split")),
    command("aifirst.discardSplit", () => answer("Discard")),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const { input } of closed) {
        if (input instanceof vscode.TabInputTextDiff) proposals.get(input.modified.toString())?.answer("Discard");
      }
    }),
  );
}

/** Asks for the split of the unit at the cursor, shows it, and makes it when the user says so. */
async function split(session: ServerSession, proposals: Map<string, Proposal>): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { document } = editor;
  const { line, character } = editor.selection.active;
  const answer = await session.askFor("aifirst/decompose", { uri: document.uri.toString(), position: { line, character } });
  if (!answer) return;
  const { version } = document;
  const edit = await session.editOf(answer.edit);
  const shown = document.uri.with({ scheme: SCHEME, query: String(version) });
  proposals.get(shown.toString())?.answer("Discard");
  const said = new Promise<Answer>((resolve) => {
    proposals.set(shown.toString(), { text: edited(document, edit.get(document.uri)), answer: resolve });
  });
  const name = document.uri.path.split("/").at(-1) ?? "";
  await vscode.commands.executeCommand("vscode.diff", document.uri, shown, `${name}: split`, { preview: true });
  const count = answer.units.length;
  const names = answer.units.map((unit) => unit.name).join(", ");
  // No buttons here: a message leaves the screen after some seconds, and cannot be taken back once it is answered
  // elsewhere. The buttons above the difference stay as long as it does.
  void vscode.window.showInformationMessage(
    `Split into ${count + 1} functions? New: ${names}. The check mark above the difference makes it; closing it discards it.`,
  );
  const chosen = await said;
  proposals.delete(shown.toString());
  await closeDiff(shown);
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
