// Commands that need no view: fixing, splitting, indexing, and what helps when something does not work.

import * as vscode from "vscode";
import { log } from "./log";
import type { ServerSession } from "./serverSession";
import { openPlace } from "./views/activeSource";

export function registerCommands(session: ServerSession, context: vscode.ExtensionContext): vscode.Disposable {
  const command = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    command("aifirst.restart", () => session.restart()),
    command("aifirst.showLogs", () => log.show()),
    command("aifirst.openWalkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`, false),
    ),
    command("aifirst.debugInformation", () => printDebugInformation(session, context)),
    session.command("aifirst.index", () => session.askFor("aifirst/index", {})),
    command("aifirst.openPlace", (uri: string, line: number) => openPlace(vscode.Uri.parse(uri), line)),
    session.command("aifirst.fixAll", () => codeAction("source.fixAll.aifirst")),
    session.command("aifirst.createTicket", () => codeAction("refactor.rewrite.aifirst.ticket")),
  );
}

/** Applies the code action of that kind at the cursor, as the editor itself would. */
async function codeAction(kind: string): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", { kind, apply: "first" });
}

async function printDebugInformation(session: ServerSession, context: vscode.ExtensionContext): Promise<void> {
  const extension = context.extension.packageJSON as { readonly version: string };
  const facts = {
    extension: extension.version,
    editor: `${vscode.env.appName} ${vscode.version}`,
    trusted: vscode.workspace.isTrusted,
    folders: vscode.workspace.workspaceFolders?.length ?? 0,
    settings: vscode.workspace.getConfiguration("aifirst"),
    server: session.describe(),
  };
  const document = await vscode.workspace.openTextDocument({ language: "json", content: JSON.stringify(facts, null, 2) });
  await vscode.window.showTextDocument(document);
}
