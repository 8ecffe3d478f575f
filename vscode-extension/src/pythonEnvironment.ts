// The interpreter that the user chose in a Python extension, where there is one. Neither extension is needed.

import * as vscode from "vscode";
import { log, messageOf } from "./log";

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

/** What is used of the Python Environments extension. */
interface EnvironmentsApi {
  getEnvironment(scope: vscode.Uri | undefined): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  readonly onDidChangeEnvironment?: vscode.Event<unknown>;
}

/** What is used of the Python extension. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: { readonly path: string }): Promise<
      { readonly executable: { readonly uri?: vscode.Uri | undefined } } | undefined
    >;
    readonly onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

/** The chosen interpreter's path, or nothing: no such extension, no choice, or no answer in five seconds. */
export async function activeInterpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
  for (const ask of [askEnvironments, askPython]) {
    try {
      const path = await Promise.race([ask(folder), later(5000)]);
      if (path) return path;
    } catch (error) {
      log.warn(`A Python extension did not tell its interpreter: ${messageOf(error)}`);
    }
  }
  return undefined;
}

/** Calls `changed` whenever another interpreter is chosen. */
export async function followInterpreter(changed: () => void): Promise<vscode.Disposable[]> {
  const followed: vscode.Disposable[] = [];
  const environments = await exportsOf<EnvironmentsApi>(ENVIRONMENTS);
  if (environments?.onDidChangeEnvironment) followed.push(environments.onDidChangeEnvironment(changed));
  const python = await exportsOf<PythonApi>(PYTHON);
  const event = python?.environments.onDidChangeActiveEnvironmentPath;
  if (event) followed.push(event(changed));
  return followed;
}

async function askEnvironments(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const api = await exportsOf<EnvironmentsApi>(ENVIRONMENTS);
  return (await api?.getEnvironment(folder))?.execInfo?.run?.executable;
}

async function askPython(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = (await exportsOf<PythonApi>(PYTHON))?.environments;
  if (!environments) return undefined;
  const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
  return resolved?.executable.uri?.fsPath;
}

async function exportsOf<Api>(id: string): Promise<Api | undefined> {
  const extension = vscode.extensions.getExtension<Api>(id);
  if (!extension) return undefined;
  try {
    return extension.isActive ? extension.exports : await extension.activate();
  } catch (error) {
    log.warn(`${id} could not be activated: ${messageOf(error)}`);
    return undefined;
  }
}

function later(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}
