// Finds the server, in an order that is documented in the README:
//
//   1. `aifirst.path`: a program
//   2. `aifirst.interpreter`: a Python that has aifirst
//   3. the workspace's own environment: `.venv` or `venv` in the folder
//   4. the interpreter chosen in a Python extension
//   5. `aifirst` on the program path
//   6. the server that the extension brings along, run by a Python of `pythonCandidates`
//
// `aifirst.importStrategy: useBundled` puts 6 behind 1. In a workspace that is not trusted nothing that lies inside it is
// started, whoever names it. Nothing here knows the editor: what it needs to know comes in as `Surroundings`, so that it
// can be tested without one.

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
  readonly bundled: boolean;
}

export interface Surroundings {
  /** Programs and interpreters that the settings name, paths spelled out. */
  readonly path: readonly string[];
  readonly interpreter: readonly string[];
  readonly useBundled: boolean;
  /** What starts the server that was brought along, and where it may unpack itself; nothing where none was. */
  readonly bundled: { readonly start: string; readonly storage: string } | undefined;
  /** The `command` that served last; the ones before it did not then, and are not waited for as long. */
  readonly lastServed: string | undefined;
  /** The workspace's folders. */
  readonly folders: readonly string[];
  readonly trusted: boolean;
  /** The value of PATH. */
  readonly programPath: string;
  readonly platform: NodeJS.Platform;
  activeInterpreter(): Promise<string | undefined>;
  log(message: string): void;
}

/** What is tried: `args` start the server, and are asked for its version first. */
interface Candidate {
  readonly name: string;
  readonly args: readonly string[];
  readonly from: string;
  readonly bundled: boolean;
}

const MODULE = ["-I", "-m", "aifirst_lsp_server"];
const ANSWER_WITHIN_MS = 15_000;

/** After so long the next one is tried beside one that has not answered; shorter where one is known that will. */
const NEXT_AFTER_MS = { known: 400, unknown: 1_000 };
/** For so long one that has not answered is still waited for when one behind it has. */
const PATIENCE_MS = { known: 2_000, unknown: 4_000 };

/** Versions that can run the server that was brought along, the best known first; `python3` may be any of them. */
const PYTHONS = ["python3", "python3.13", "python3.12", "python3.14", "python3.11", "python"];

/** The first server that answers with its version; why the others were passed over is in the log. */
export async function findServer(around: Surroundings): Promise<FoundServer | undefined> {
  const given = new AbortController();
  const tried: Promise<FoundServer | undefined>[] = [];
  const pace = around.lastServed === undefined ? "unknown" : "known";
  try {
    for await (const candidate of candidates(around)) {
      const answer = probe(candidate, around, given.signal);
      const found = await Promise.race([answer, later(NEXT_AFTER_MS[pace])]);
      if (found) return await firstOf(tried, found, PATIENCE_MS[found.command === around.lastServed ? "known" : "unknown"]);
      tried.push(answer);
    }
    for (const answer of tried) {
      const found = await answer;
      if (found) return found;
    }
    return undefined;
  } finally {
    given.abort();
  }
}

/** The first of those before `found` that still answers in time, else that. */
async function firstOf(
  before: readonly Promise<FoundServer | undefined>[],
  found: FoundServer,
  patience: number,
): Promise<FoundServer> {
  const enough = later(patience);
  for (const answer of before) {
    const earlier = await Promise.race([answer, enough]);
    if (earlier) return earlier;
  }
  return found;
}

async function probe(candidate: Candidate, around: Surroundings, signal: AbortSignal): Promise<FoundServer | undefined> {
  const { name, args, from, bundled } = candidate;
  const path = await firstThere(name, around);
  if (path === undefined) {
    if (!bundled) around.log(`${name} (${from}) is not there.`);
    return undefined;
  }
  if (!around.trusted && (await liesInside(path, around.folders))) {
    around.log(`${path} (${from}) lies in a workspace that is not trusted, so it is not started.`);
    return undefined;
  }
  const begun = Date.now();
  try {
    const version = await answerOf(path, [...args, "--version"], signal);
    around.log(`Server ${version} from ${from}: ${path}`);
    return { command: path, args, from, version, bundled };
  } catch (error) {
    const cannot = bundled ? "cannot run the bundled server" : "has no aifirst server";
    const why = signal.aborted ? `no answer within ${((Date.now() - begun) / 1000).toFixed(1)} seconds` : (error as Error).message;
    around.log(`${path} (${from}) ${cannot}: ${why}`);
    return undefined;
  }
}

async function* candidates(around: Surroundings): AsyncGenerator<Candidate> {
  for (const name of around.path) yield { name, args: ["lsp"], from: "aifirst.path", bundled: false };
  if (around.useBundled) yield* bundledCandidates(around);
  for await (const { name, from } of pythonsThatMayHaveIt(around)) yield { name, args: MODULE, from, bundled: false };
  yield { name: "aifirst", args: ["lsp"], from: "the program path", bundled: false };
  if (!around.useBundled) yield* bundledCandidates(around);
}

async function* pythonsThatMayHaveIt(around: Surroundings): AsyncGenerator<{ name: string; from: string }> {
  for (const name of around.interpreter) yield { name, from: "aifirst.interpreter" };
  yield* environmentsOf(around);
  const name = await around.activeInterpreter();
  if (name !== undefined) yield { name, from: "the Python extension" };
}

function* environmentsOf(around: Surroundings): Generator<{ name: string; from: string }> {
  for (const folder of around.folders) {
    for (const environment of [".venv", "venv"]) {
      const name = join(folder, environment, around.platform === "win32" ? "Scripts/python.exe" : "bin/python");
      yield { name, from: `the workspace's ${environment}` };
    }
  }
}

/** The server that was brought along, by each Python that may run it: it uses none of the packages of that. */
async function* bundledCandidates(around: Surroundings): AsyncGenerator<Candidate> {
  if (!around.bundled) return;
  const args = ["-I", "-S", around.bundled.start, around.bundled.storage];
  for await (const { name, before } of pythonCandidates(around)) {
    yield { name, args: [...before, ...args], from: "the extension", bundled: true };
  }
}

/** The settings' interpreters, the Python extension's, those on the program path, and the workspace's own at last. */
async function* pythonCandidates(around: Surroundings): AsyncGenerator<{ name: string; before: readonly string[] }> {
  for (const name of around.interpreter) yield { name, before: [] };
  const active = await around.activeInterpreter();
  if (active !== undefined) yield { name: active, before: [] };
  for (const name of PYTHONS) yield { name, before: [] };
  if (around.platform === "win32") yield { name: "py", before: ["-3"] };
  for (const { name } of environmentsOf(around)) yield { name, before: [] };
}

/** The executable file of that path; a name without a folder is looked for on the program path, as a shell does. */
async function firstThere(name: string, around: Surroundings): Promise<string | undefined> {
  const windows = around.platform === "win32";
  const places = /[\\/]/.test(name)
    ? [name]
    : around.programPath
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, windows && !/\.(exe|com|cmd|bat)$/i.test(name) ? `${name}.exe` : name));
  for (const place of places) {
    // Without the developer tools this one opens a dialog that offers to install them; with them it is too old.
    if (around.platform === "darwin" && place === "/usr/bin/python3") continue;
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

function answerOf(command: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: ANSWER_WITHIN_MS, windowsHide: true, maxBuffer: 1 << 16, signal };
    execFile(command, [...args], options, (error, output, errors) => {
      const version = /\d+\.\d+\S*/.exec(output)?.[0];
      if (version !== undefined && !error) resolve(version);
      else if (error?.killed) reject(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} seconds`));
      else reject(new Error(errors.trim().split("\n").at(-1) || error?.message || "it told no version"));
    });
  });
}

function later(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined).unref());
}
