// Where the editor starts us. Nothing here waits for the server.

import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { log, messageOf } from "./log";
import { followInterpreter } from "./pythonEnvironment";
import { ServerSession } from "./serverSession";
import { SERVER_SETTINGS } from "./settings";
import { registerSplit } from "./splitPreview";
import { StatusItem } from "./statusItem";
import { registerAicclView } from "./views/aicclView";
import { registerCompiledPreview } from "./views/compiledPreview";
import { registerContextBuilder } from "./views/contextBuilder";
import { registerGraphPanel } from "./views/graphPanel";
import { registerMemorySearch } from "./views/memorySearch";
import { registerTicketsTree } from "./views/ticketsTree";

let session: ServerSession | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const status = new StatusItem();
  const own = new ServerSession(status, context);
  session = own;
  const restart = (): void => void own.restart().catch((error: unknown) => log.error(messageOf(error)));
  context.subscriptions.push(
    log,
    status,
    registerCommands(own, context),
    registerSplit(own),
    registerCompiledPreview(own),
    registerAicclView(own),
    registerGraphPanel(own, context.extensionUri),
    registerMemorySearch(own),
    registerTicketsTree(own),
    registerContextBuilder(own),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (SERVER_SETTINGS.some((setting) => event.affectsConfiguration(setting))) restart();
    }),
  );
  void followInterpreter(() => void own.restartIfOther()).then((followed) => context.subscriptions.push(...followed));
  restart();
}

export async function deactivate(): Promise<void> {
  await session?.dispose();
}
