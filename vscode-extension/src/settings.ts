// The settings that the extension itself reads; all others go to the server as they are.

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";

/** Settings of which a change means that another server may have to be started. */
export const SERVER_SETTINGS = [
  "aifirst.enable",
  "aifirst.path",
  "aifirst.interpreter",
  "aifirst.importStrategy",
  "aifirst.logLevel",
] as const;

export interface ServerSettings {
  readonly enable: boolean;
  readonly path: readonly string[];
  readonly interpreter: readonly string[];
  readonly useBundled: boolean;
  readonly logLevel: string;
}

export function serverSettings(folder: vscode.WorkspaceFolder | undefined): ServerSettings {
  const section = vscode.workspace.getConfiguration("aifirst", folder?.uri ?? null);
  const start = folder?.uri.fsPath;
  return {
    enable: section.get<boolean>("enable", true),
    path: section.get<string[]>("path", []).map((path) => spelledOut(path, start)),
    interpreter: section.get<string[]>("interpreter", []).map((path) => spelledOut(path, start)),
    useBundled: section.get<string>("importStrategy", "fromEnvironment") === "useBundled",
    logLevel: section.get<string>("logLevel", "info"),
  };
}

/** A path of the settings with its variables, `~` and the folder that relative paths start at. */
export function spelledOut(path: string, folder: string | undefined): string {
  let full = path.trim();
  if (folder !== undefined) full = full.replaceAll("${workspaceFolder}", folder);
  full = full.replaceAll("${userHome}", homedir());
  full = full.replace(/\$\{env:([A-Za-z_]\w*)\}/g, (_, name: string) => process.env[name] ?? "");
  if (full === "~" || full.startsWith("~/") || full.startsWith("~\\")) full = join(homedir(), full.slice(1));
  const isProgramName = !/[\\/]/.test(full);
  return isAbsolute(full) || folder === undefined || isProgramName ? full : join(folder, full);
}
