// No aifirst anywhere: the server that the extension brings along serves, run by whatever Python there is.

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { SERVER } from "./fixture.mjs";
import { inWorkbench, isThere, logOf, pathWithPython, program, status } from "./steps.mjs";

const path = await pathWithPython();
after(() => rm(path, { recursive: true, force: true }));

const NOWHERE = { "aifirst.path": [] };
const squiggle = (page) => page.locator(".squiggly-error, .squiggly-warning").first();
const lens = (page) => page.locator(".codelens-decoration", { hasText: "of 700 tokens" }).first();

inWorkbench(
  "without aifirst in the environment and on the program path",
  async () => ({ settings: NOWHERE, env: { PATH: path } }),
  (does) => {
    does("a squiggle and a lens appear, and the status item says which server serves", async ({ bench, page }) => {
      await bench.openFile("long_walk.py");
      await squiggle(page).waitFor({ timeout: 90_000 });
      await lens(page).waitFor();
      await status(page, "bundled");
      await bench.shot("bundled");
      assert.match(await logOf(bench), /Server \S+ from the extension: \/\S*python3/);
      assert.equal(await page.locator(".notification-toast").count(), 0);
    });

    does("the project is indexed: graph, search and context are there, and what is missing is said once", async ({ bench, page }) => {
      await status(page, "units in");
      await status(page, "pip install aifirst to search by meaning");
      await page.locator('[id="status.languageStatus"]').click();
      const told = page.locator(".hover-language-status", { hasText: "to search by meaning" });
      await told.first().waitFor();
      await bench.shot("bundled-status");
      await page.mouse.move(700, 400);
      await bench.openFile("apply_volume_discount.py");
      await bench.goTo(30, 5);
      await bench.run("aifirst: Show Dependency Graph");
      await bench.webview().locator("#panel", { hasText: "apply_volume_discount" }).waitFor({ timeout: 60_000 });
      await bench.shot("bundled-graph");
      await bench.closeAll();
      await bench.openFile("apply_volume_discount.py");
      await bench.goTo(30, 5);
      await bench.run("aifirst: Build Context for This Unit");
      await page.locator(".pane", { hasText: "Context" }).locator(".monaco-list-row", { hasText: "apply_volume_discount" }).first().waitFor();
      await bench.run("aifirst: Search Memory");
      await page.locator(".quick-input-widget input.input").fill("volume discount");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "apply_volume_discount" }).first().waitFor();
      await bench.press("Escape");
      assert.equal(await page.locator(".notification-toast").count(), 0);
      await bench.closeAll();
    });

    does("it lies unpacked in the editor's storage and not in the project", async ({ bench }) => {
      const unpacked = await readdir(join(bench.home, "data/User/globalStorage/aifirst.aifirst/server"));
      assert.deepEqual(unpacked.map((name) => name.split("-")[0]).sort(), ["arrays", "grammars", "server"]);
    });
  },
);

inWorkbench(
  "where the bundled server is wanted although the program path has one",
  async () => ({
    settings: { ...NOWHERE, "aifirst.importStrategy": "useBundled" },
    env: { PATH: `${path}:${dirname(SERVER)}` },
  }),
  (does) => {
    does("it serves until the setting says otherwise", async ({ bench, page }) => {
      await bench.openFile("long_walk.py");
      await lens(page).waitFor({ timeout: 90_000 });
      assert.match(await logOf(bench), /Server \S+ from the extension/);
      await bench.set({ "aifirst.importStrategy": "fromEnvironment" });
      for (let tries = 0; tries < 150 && !/from the program path/.test(await logOf(bench)); tries += 1) await page.waitForTimeout(200);
      assert.match(await logOf(bench), /Server \S+ from the program path/);
    });
  },
);

let marker = "";

inWorkbench(
  "in a workspace that is not trusted",
  async () => {
    marker = join(await mkdtemp(join(tmpdir(), "aifirst-marker-")), "started");
    return {
      trust: false,
      settings: NOWHERE,
      env: { PATH: path },
      plant: (project) => program(join(project, ".venv/bin/python"), `touch ${marker}; exec python3 "$@"`),
    };
  },
  (does) => {
    after(() => rm(dirname(marker), { recursive: true, force: true }));

    does("it is run by a Python outside of it", async ({ bench, page }) => {
      await page.locator(".monaco-dialog-box a.monaco-button", { hasText: "No" }).click();
      await bench.openFile("long_walk.py");
      await squiggle(page).waitFor({ timeout: 90_000 });
      await status(page, "diagnostics only");
      assert.match(await logOf(bench), /Server \S+ from the extension: \/(?!.*\/\.venv\/)/);
      assert.ok(!(await isThere(marker)), "a program of the workspace was started");
      assert.ok(!(await isThere(join(bench.workspace, ".aifirst"))), "an index was written");
    });
  },
);
