// Makes the package: `npm run package [-- --target linux-arm64]`. For another machine than this one the file is called
// after it; `--target universal` leaves the server out.
//
// Needs Python with `aifirst` installed, which is that of the repository's environment, or AIFIRST_PYTHON.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import process, { arch, argv, env, execPath, exit, pid, platform } from "node:process";

const TARGETS = [...readFileSync("pack/targets.py", "utf8").matchAll(/Target\("([^"]+)"/g)].map(([, name]) => name);
const own = `${platform}-${arch}`;
const target = argv.includes("--target") ? argv[argv.indexOf("--target") + 1] : own;
if (target !== "universal" && !TARGETS.includes(target)) {
  refuse(`There is no target ${target ?? "without a name"}: choose one with --target, of ${TARGETS.join(", ")}, or universal, which leaves the server out.`);
}
const out = target === own ? "aifirst.vsix" : `aifirst-${target}.vsix`;
/** Written beside and given its name at the end: who reads a package reads a whole one. */
const unfinished = `.${pid}.${out}`;
/** Seconds since 1970 that every file of a package is dated: the same sources make the same bytes. */
const SOURCE_DATE_EPOCH = env["SOURCE_DATE_EPOCH"] ?? "946684800";

process.on("exit", () => rmSync(unfinished, { force: true }));

/** Runs it, and ends where it fails; what it said on a pipe is given back. */
function run(command, args, stdio = "inherit") {
  const done = spawnSync(command, args, { stdio, encoding: "utf8", env: { ...env, SOURCE_DATE_EPOCH } });
  if (done.error) console.error(`${command} could not be started: ${done.error.message}`);
  if (done.status !== 0) {
    if (done.stdout) console.error(done.stdout);
    exit(done.status ?? 1);
  }
  return done.stdout ?? "";
}

function python() {
  const places = platform === "win32" ? ["../.venv/Scripts/python.exe"] : ["../.venv/bin/python"];
  return env["AIFIRST_PYTHON"] ?? places.find(existsSync) ?? "python3";
}

function refuse(why) {
  console.error(why);
  exit(2);
}

/** The Python that packs, which has what the server needs; it is asked before anything is removed. */
function askedPython() {
  const found = python();
  const asked = spawnSync(found, ["-c", "import tomllib, msgspec"], { encoding: "utf8" });
  if (asked.status === 0) return found;
  const why = asked.error?.message ?? (asked.stderr.trim().split("\n").at(-1) || `it ended with ${asked.status ?? asked.signal}`);
  const next = "Run `make demo` in the repository once, which makes the environment .venv, or name a Python that has aifirst in AIFIRST_PYTHON; `--target universal` packs without a server.";
  return refuse(`The server cannot be packed with ${found}: ${why}. ${next}`);
}

const packing = target === "universal" ? undefined : askedPython();
console.log("Bundling the script of the extension …");
run(execPath, ["esbuild.mjs", "--production"]);
for (const leftover of ["bundled", "THIRD_PARTY_NOTICES.txt"]) rmSync(leftover, { recursive: true, force: true });
if (target !== "universal") {
  const packages = JSON.parse(readFileSync("dist/packages.json", "utf8"));
  const where = ["--target", target, "--into", ".", "--kept", ".wheels"];
  console.log(`Gathering the server for ${target} with ${packing}; the first time pip fetches its wheels …`);
  run(packing, ["-B", "pack/gather_server.py", ...where, "--script-packages", ...packages]);
}
const vsce = join("node_modules", "@vscode", "vsce", "vsce");
console.log(`Packing ${out} …`);
const given = ["package", "--no-dependencies", ...(target === "universal" ? [] : ["--target", target]), "-o", unfinished];
const said = run(execPath, [vsce, ...given], ["inherit", "pipe", "inherit"]);
renameSync(unfinished, out);
console.log(said.replaceAll(unfinished, out).trimEnd());
