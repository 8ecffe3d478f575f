// What several tests in a workbench share: steps one after another, and what surrounds the editor.

import assert from "node:assert/strict";
import { access, mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { SERVER, start } from "./fixture.mjs";

const BARE_PATH = [dirname(process.execPath), "/usr/bin", "/bin"].join(":");

/** Steps in one workbench; where one fails, what was seen is kept. */
export function inWorkbench(name, options, steps) {
  describe(name, () => {
    const here = {};
    before(async () => {
      here.bench = await start(await options());
      here.page = here.bench.page;
    }, { timeout: 120_000 });
    after(async () => here.bench?.close());
    const does = (step, act) =>
      test(step, { timeout: 240_000 }, async () => {
        try {
          await here.bench.step(step, () => act(here));
        } catch (error) {
          console.log(await logOf(here.bench));
          throw error;
        }
      });
    steps(does);
  });
}

export async function isThere(path) {
  return access(path).then(() => true, () => false);
}

/** A program path with Python and without aifirst. */
export async function barePath() {
  for (const folder of BARE_PATH.split(":")) assert.ok(!(await isThere(join(folder, "aifirst"))), `${folder} has an aifirst`);
  return BARE_PATH;
}

export async function program(path, body) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

/** What the extension wrote into its log so far. */
export async function logOf(bench) {
  const folder = join(bench.home, "data/logs");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith("/aifirst.log"));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("");
}

export async function status(page, text) {
  await page.locator(`[id="status.languageStatus"] [aria-label*="${text}"], [id="status.languageStatus"][aria-label*="${text}"]`).first().waitFor({ timeout: 60_000 });
}

/** A program path with Node and nothing else: no Python, no aifirst. */
export async function pathWithoutPython() {
  const folder = await mkdtemp(join(tmpdir(), "aifirst-path-"));
  await symlink(process.execPath, join(folder, "node"));
  return folder;
}

/** A program path with Node and the Python that our environment was made from, which has no aifirst itself. */
export async function pathWithPython() {
  const folder = await pathWithoutPython();
  await symlink(await realpath(join(dirname(SERVER), "python")), join(folder, "python3"));
  return folder;
}
