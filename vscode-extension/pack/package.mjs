// Makes the package: `npm run package [-- --target linux-arm64]`. For another machine than this one the file is called
// after it; `--target universal` leaves the server out.
//
// Needs Python with `aifirst` installed, which is that of the repository's environment, or AIFIRST_PYTHON.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import process, { arch, argv, env, execPath, exit, pid, platform } from "node:process";

const own = `${platform}-${arch}`;
const target = argv.includes("--target") ? argv[argv.indexOf("--target") + 1] : own;
const out = target === own ? "aifirst.vsix" : `aifirst-${target}.vsix`;
/** Written beside and given its name at the end: who reads a package reads a whole one. */
const unfinished = `.${pid}.${out}`;
/** Seconds since 1970 that every file of a package is dated: the same sources make the same bytes. */
const SOURCE_DATE_EPOCH = env["SOURCE_DATE_EPOCH"] ?? "946684800";

process.on("exit", () => rmSync(unfinished, { force: true }));

function run(command, args) {
  const done = spawnSync(command, args, { stdio: "inherit", env: { ...env, SOURCE_DATE_EPOCH } });
  if (done.error) console.error(`${command} could not be started: ${done.error.message}`);
  if (done.status !== 0) exit(done.status ?? 1);
}

function python() {
  const places = platform === "win32" ? ["../.venv/Scripts/python.exe"] : ["../.venv/bin/python"];
  return env["AIFIRST_PYTHON"] ?? places.find(existsSync) ?? "python3";
}

run(execPath, ["esbuild.mjs", "--production"]);
for (const leftover of ["bundled", "THIRD_PARTY_NOTICES.txt"]) rmSync(leftover, { recursive: true, force: true });
if (target !== "universal") {
  const packages = JSON.parse(readFileSync("dist/packages.json", "utf8"));
  const where = ["--target", target, "--into", ".", "--kept", ".wheels"];
  run(python(), ["-B", "pack/gather_server.py", ...where, "--script-packages", ...packages]);
}
const vsce = join("node_modules", "@vscode", "vsce", "vsce");
run(execPath, [vsce, "package", "--no-dependencies", ...(target === "universal" ? [] : ["--target", target]), "-o", unfinished]);
renameSync(unfinished, out);
