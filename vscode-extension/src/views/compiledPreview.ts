// The compiled preview: what `aifirst compile` makes of the file, beside it, in three modes.

import { posix } from "node:path";
import * as vscode from "vscode";
import type { ServerSession } from "../serverSession";
import { MadeDocuments } from "./madeDocument";
import { activeSource } from "./activeSource";

const { basename, extname } = posix;

const MODES = [
  { label: "clean", detail: "No glue." },
  { label: "structural", detail: "Lines of assembly tags stay." },
  { label: "documented", detail: "First lines of docstrings and comments above groups of statements stay; no WHY, HOW, STEP." },
] as const;

export function registerCompiledPreview(session: ServerSession): vscode.Disposable {
  const documents = new MadeDocuments(
    "aifirst-compiled",
    async (source, mode, token) => {
      const made = await session.ask("aifirst/compiled", { uri: source.toString(), mode }, token);
      if (!made) return undefined;
      const cautions = made.cautions.length > 0 ? `, ${made.cautions.length} cautions` : "";
      const summary = `${mode}: ${made.tokens} of ${made.source_tokens} tokens${cautions}`;
      return { text: made.text, lines: made.lines, language: undefined, summary };
    },
    session,
  );
  const command = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    documents,
    session.command("aifirst.compiledPreview", async () => {
      const source = activeSource(documents);
      const mode = vscode.workspace.getConfiguration("aifirst").get<string>("compiled.mode", "clean");
      if (source) await documents.open(source, mode);
    }),
    session.command("aifirst.compiledMode", async () => {
      const source = activeSource(documents);
      const chosen = await vscode.window.showQuickPick(MODES, { title: "Mode of the compiled preview" });
      if (source && chosen) await documents.open(source, chosen.label);
    }),
    command("aifirst.exportCompiled", () => saveAs(documents)),
  );
}

/** Saves the shown text as a file of the user's choice. */
async function saveAs(documents: MadeDocuments): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const from = document && documents.sourceOf(document.uri);
  if (!document || !from) return;
  const extension = extname(from.source.path);
  const name = `${basename(from.source.path, extension)}.${from.variant}${extension}`;
  const defaultUri = vscode.Uri.joinPath(from.source, "..", name); // never the source itself
  const target = await vscode.window.showSaveDialog({ defaultUri, title: "Save compiled code as" });
  if (!target) return;
  if (target.toString() === from.source.toString()) {
    void vscode.window.showWarningMessage("That is the source itself. Choose another file.");
    return;
  }
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(document.getText()));
}
