// Finds the server, in an order that is documented in the README:
//
//   1. `aifirst.path`: a program
//   2. `aifirst.interpreter`: a Python that has aifirst
//   3. the workspace's own environment: `.venv` or `venv` in the folder
//   4. the interpreter chosen in a Python extension
//   5. `aifirst` on the program path
//
// In a workspace that is not trusted nothing that lies inside it is started, whoever names it. Nothing here knows the
// editor: what it needs to know comes in as `Surroundings`, so that it can be tested without one.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative } from "node:path";

/** How the server is started, and which of the ways found it. */
export interface FoundServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly from: string;
  readonly version: string;
}

export interface Surroundings {
  /** Programs and interpreters that the settings name, paths spelled out. */
  readonly path: readonly string[];
  readonly interpreter: readonly string[];
  /** The workspace's folders. */
  readonly folders: readonly string[];
  readonly trusted: boolean;
  /** The value of PATH. */
  readonly programPath: string;
  readonly windows: boolean;
  activeInterpreter(): Promise<string | undefined>;
  log(message: string): void;
}

interface Candidate {
  readonly name: string;
  readonly kind: "program" | "interpreter";
  readonly from: string;
}

const MODULE = "aifirst_lsp_server";
const ANSWER_WITHIN_MS = 15_000;

/** The first server that answers with its version; why the others were passed over is in the log. */
export async function findServer(around: Surroundings): Promise<FoundServer | undefined> {
  for await (const candidate of candidates(around)) {
    const path = await firstThere(candidate.name, around);
    if (path === undefined) {
      around.log(`${candidate.name} (${candidate.from}) is not there.`);
    } else if (!around.trusted && (await liesInside(path, around.folders))) {
      around.log(`${path} (${candidate.from}) lies in a workspace that is not trusted, so it is not started.`);
    } else {
      const args = candidate.kind === "program" ? ["lsp"] : ["-I", "-m", MODULE];
      try {
        const version = await answerOf(path, [...args, "--version"]);
        around.log(`Server ${version} from ${candidate.from}: ${path}`);
        return { command: path, args, from: candidate.from, version };
      } catch (error) {
        around.log(`${path} (${candidate.from}) has no aifirst server: ${(error as Error).message}`);
      }
    }
  }
  return undefined;
}

async function* candidates(around: Surroundings): AsyncGenerator<Candidate> {
  for (const name of around.path) yield { name, kind: "program", from: "aifirst.path" };
  for (const name of around.interpreter) yield { name, kind: "interpreter", from: "aifirst.interpreter" };
  for (const folder of around.folders) {
    for (const environment of [".venv", "venv"]) {
      const name = join(folder, environment, around.windows ? "Scripts/python.exe" : "bin/python");
      yield { name, kind: "interpreter", from: `the workspace's ${environment}` };
    }
  }
  const name = await around.activeInterpreter();
  if (name !== undefined) yield { name, kind: "interpreter", from: "the Python extension" };
  yield { name: "aifirst", kind: "program", from: "the program path" };
}

/** The executable file of that path; a name without a folder is looked for on the program path, as a shell does. */
async function firstThere(name: string, around: Surroundings): Promise<string | undefined> {
  const places = /[\\/]/.test(name)
    ? [name]
    : around.programPath
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, around.windows && !/\.\w+$/.test(name) ? `${name}.exe` : name));
  for (const place of places) {
    try {
      await access(place, constants.X_OK);
      if ((await stat(place)).isFile()) return place;
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

/** Whether the file, or what it is a link to, lies in one of the folders, or one of the folders is a link to there. */
async function liesInside(path: string, folders: readonly string[]): Promise<boolean> {
  const real = await realpath(path);
  for (const folder of folders) {
    const realFolder = await realpath(folder).catch(() => folder);
    if ([path, real].some((each) => isInside(each, folder) || isInside(each, realFolder))) return true;
  }
  return false;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}

function answerOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: ANSWER_WITHIN_MS, windowsHide: true, maxBuffer: 1 << 16 };
    execFile(command, [...args], options, (error, output, errors) => {
      const version = /\d+\.\d+\S*/.exec(output)?.[0];
      if (version !== undefined && !error) resolve(version);
      else if (error?.killed) reject(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} seconds`));
      else reject(new Error(errors.trim().split("\n").at(-1) || error?.message || "it told no version"));
    });
  });
}
