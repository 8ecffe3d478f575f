// Why no server runs, in words for who needs one, and what they can do about it.

import * as vscode from "vscode";

export interface Absence {
  /** What is the case, as a sentence. */
  readonly what: string;
  /** What to do, as a sentence; up to its first comma it is short enough for the status item. */
  readonly next: string;
  /** The setting that can help. */
  readonly setting: string;
}

/** Where a server was brought along that nothing could run. */
export const NO_PYTHON: Absence = {
  what: "aifirst found no Python 3.11 to 3.14 that runs its server.",
  next: "Install Python 3.11 to 3.14, or name one in the setting aifirst.interpreter.",
  setting: "aifirst.interpreter",
};

/** Where none was brought along. */
export const NO_SERVER: Absence = {
  what: "aifirst found no server.",
  next: "Run pip install aifirst, or name a Python that has it in the setting aifirst.interpreter.",
  setting: "aifirst.interpreter",
};

/** Where one is being started that takes long. */
export const NOT_YET: Absence = {
  what: "The aifirst server has not started yet.",
  next: "Run the command again in a while; the log says what is waited for.",
  setting: "aifirst.interpreter",
};

/** Tells who ran a command; the same message is shown once, however often it is told. */
export async function tellAbsence({ what, next, setting }: Absence): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(`${what} ${next}`, "Show Logs", "Open Settings");
  if (chosen === "Show Logs") await vscode.commands.executeCommand("aifirst.showLogs");
  if (chosen === "Open Settings") await vscode.commands.executeCommand("workbench.action.openSettings", setting);
}
