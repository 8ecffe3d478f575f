// The extension's own channel: what it looked for, what it found, what went wrong.

import * as vscode from "vscode";

export const log: vscode.LogOutputChannel = vscode.window.createOutputChannel("aifirst", { log: true });

/** Shows a message only where the setting `aifirst.showNotifications` lets it; it is always in the log. */
export async function tell(
  severity: "error" | "request",
  message: string,
  ...actions: readonly { readonly title: string; readonly command: string }[]
): Promise<void> {
  if (severity === "error") log.error(message);
  else log.warn(message);
  const wanted = vscode.workspace.getConfiguration("aifirst").get<string>("showNotifications", "off");
  if (wanted === "off" || (wanted === "onError" && severity === "request")) return;
  const chosen = await vscode.window.showErrorMessage(message, ...actions.map((action) => action.title));
  const action = actions.find((each) => each.title === chosen);
  if (action) await vscode.commands.executeCommand(action.command);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
