// What surrounds the extension: no server, a broken Python, no trust, two roots, settings that change, themes, keys.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { SERVER } from "./fixture.mjs";
import { barePath, inWorkbench, isThere, logOf, pathWithoutPython, program, status } from "./steps.mjs";

const PYTHON = join(dirname(SERVER), "python");

/** What a theme is called, its name in the settings, and a class of the workbench where it is in force. */
const THEMES = [
  ["dark", "Default Dark Modern", "dark_modern"],
  ["light", "Default Light Modern", "light_modern"],
  ["high contrast", "Default High Contrast", "hc-black"],
  ["high contrast light", "Default High Contrast Light", "hc-light"],
];

let onlyNode = "";

inWorkbench(
  "without a server and without a Python, then with a server that the settings bring",
  async () => {
    onlyNode = await pathWithoutPython();
    return { settings: { "aifirst.path": ["/nowhere/aifirst"] }, env: { PATH: onlyNode } };
  },
  (does) => {
    after(() => rm(onlyNode, { recursive: true, force: true }));

    does("the editor works, the status says so, and nothing pops up unasked", async ({ bench, page }) => {
      await bench.openFile("parse_order_lines.py");
      await status(page, "no server found, Install Python 3.11 to 3.14");
      await bench.toEnd();
      await bench.type("\nX = 1");
      await page.locator(".view-line", { hasText: "X = 1" }).waitFor();
      assert.equal(await page.locator(".notification-toast").count(), 0);
      await page.locator('[id="status.languageStatus"]').click();
      await page.locator(".hover-language-status", { hasText: "Install Python 3.11 to 3.14" }).first().waitFor();
      await bench.shot("no-server-status");
      await page.mouse.move(700, 400); // what stands at the mouse stays
      await bench.shot("no-server");
      await bench.run("File: Revert File");
      assert.match(await logOf(bench), /\/nowhere\/aifirst \(aifirst\.path\) is not there/);
    });

    does("a command that needs the server says in one message why it does nothing, and what helps", async ({ bench, page }) => {
      await bench.openFile("parse_order_lines.py");
      const told = page.locator(".notification-list-item", { hasText: "found no Python 3.11 to 3.14 that runs its server" });
      for (const command of ["Search Memory", "Index This Project", "Build Context for This Unit", "Show as AICCL Beside"]) {
        await bench.run(`aifirst: ${command}`);
        // The editor may keep a message behind its bell, after others were cleared.
        const pops = await told.waitFor({ timeout: 5000 }).then(() => true, () => false);
        if (!pops) await bench.run("Notifications: Show Notifications");
        await told.waitFor();
        assert.equal(await page.locator(".notification-list-item").count(), 1, command);
        for (const button of ["Show Logs", "Open Settings"]) assert.equal(await told.locator("a.monaco-button", { hasText: button }).count(), 1);
        if (command === "Search Memory") await bench.shot("no-server-told");
        await bench.run("Notifications: Clear All Notifications");
        await told.waitFor({ state: "detached" });
      }
    });

    does("the tickets, the graph and the log say that there is no server", async ({ bench, page }) => {
      await bench.run("aifirst: Focus on Tickets View");
      await page.locator(".pane", { hasText: "Tickets" }).getByText("The aifirst server does not run").waitFor();
      await bench.openFile("parse_order_lines.py");
      await bench.run("aifirst: Show Dependency Graph");
      await bench.webview().locator("p", { hasText: "found no Python 3.11 to 3.14" }).waitFor();
      await bench.shot("no-server-views");
      await bench.closeAll();
      await bench.run("aifirst: Show Logs");
      await page.locator(".part.panel .view-line", { hasText: "is not there" }).first().waitFor();
      await bench.shot("no-server-log");
      await bench.run("View: Hide Panel");
    });

    does("a Python that fails and one that hangs are passed over, the log says why, the next one is used", async ({ bench, page }) => {
      const fails = await program(join(bench.home, "fails/python"), "echo 'Fatal Python error: no encodings' >&2; exit 1");
      const hangs = await program(join(bench.home, "hangs/python"), "exec /bin/sleep 600");
      await bench.openFile("parse_order_lines.py");
      await bench.set({ "aifirst.interpreter": [fails, hangs, PYTHON] });
      await page.locator(".codelens-decoration", { hasText: "of 700 tokens" }).first().waitFor({ timeout: 90_000 });
      const log = await logOf(bench);
      assert.match(log, /fails\/python \(aifirst\.interpreter\) has no aifirst server: Fatal Python error/);
      assert.match(log, /hangs\/python \(aifirst\.interpreter\) has no aifirst server: no answer within/);
      await status(page, "units in");
    });

    does("lenses go and come with the setting", async ({ bench, page }) => {
      const lens = page.locator(".codelens-decoration", { hasText: "of 700 tokens" }).first();
      await bench.set({ "aifirst.codeLens.enable": [] });
      await lens.waitFor({ state: "detached" });
      await bench.set({ "aifirst.codeLens.enable": ["tokens"] });
      await lens.waitFor();
    });

    does("none of our keys is one of the workbench's", async ({ bench }) => {
      await bench.run("Preferences: Open Default Keyboard Shortcuts (JSON)");
      await bench.page.locator(".view-line", { hasText: "command" }).first().waitFor();
      let text = "";
      for (let tries = 0; tries < 20 && !text.includes("aifirst.openGraph"); tries += 1) {
        await bench.press("Control+a");
        await bench.press("Control+c");
        text = await bench.page.evaluate(() => navigator.clipboard.readText());
      }
      const all = [...text.matchAll(/"key":\s*"([^"]+)",[^}]*?"command":\s*"([^"]+)"/g)].map(([, key, command]) => ({ key, command }));
      const ours = all.filter(({ command }) => command.startsWith("aifirst."));
      assert.ok(ours.length >= 6 && all.length > 500, `${ours.length} of ${all.length} keys`);
      const theirs = all.filter(({ command }) => !command.startsWith("aifirst."));
      for (const { key } of ours) {
        const chord = key.split(" ");
        const clash = theirs.filter((other) => other.key === key || other.key === chord[0] || (chord.length === 1 && other.key.startsWith(`${key} `)));
        assert.deepEqual(clash, [], key);
      }
      await bench.closeAll();
    });

    for (const [kind, theme, shown] of THEMES) {
      does(`graph and views can be read in a ${kind} theme`, async ({ bench, page }) => {
        await bench.set({ "workbench.colorTheme": theme });
        await page.locator(`.monaco-workbench[class*="${shown}"]`).waitFor();
        await bench.openFile("apply_volume_discount.py");
        await bench.goTo(30, 5);
        await bench.run("aifirst: Build Context for This Unit");
        await page.locator(".pane", { hasText: "Context" }).locator(".monaco-list-row", { hasText: "apply_volume_discount" }).first().waitFor();
        await bench.run("aifirst: Show Dependency Graph");
        const graph = bench.webview();
        await graph.locator("#panel", { hasText: "apply_volume_discount" }).waitFor();
        await bench.shot(`theme ${kind}`);
        const ratio = await graph.locator("#panel").evaluate(contrastOf);
        assert.ok(ratio >= 4.5, `text of the graph's panel has a contrast of ${ratio.toFixed(1)}`);
        const row = page.locator(".pane", { hasText: "Context" }).locator(".monaco-list-row .label-name").first();
        assert.ok((await row.evaluate(contrastOf)) >= 4.5);
        await bench.closeAll();
      });
    }
  },
);

/** Runs in the page: how far the colour of an element's text is from what lies behind it, as WCAG counts. */
function contrastOf(element) {
  const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind;
  for (let at = element; at && !behind; at = at.parentElement) {
    const colour = parts(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > 0.9) behind = colour;
  }
  const [one, other] = [light(parts(getComputedStyle(element).color)), light(behind ?? [255, 255, 255])].sort((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
}

let marker = "";

inWorkbench(
  "workspace trust",
  async () => {
    marker = join(await mkdtemp(join(tmpdir(), "aifirst-marker-")), "started");
    return {
      trust: false,
      settings: { "aifirst.path": [] },
      env: { PATH: `${await barePath()}:${dirname(SERVER)}` },
      plant: (project) => program(join(project, ".venv/bin/python"), `touch ${marker}; exec ${PYTHON} "$@"`),
    };
  },
  (does) => {
    after(() => rm(dirname(marker), { recursive: true, force: true }));

    does("without trust there are findings from a server outside, and nothing inside is started or written", async ({ bench, page }) => {
      const dialog = page.locator(".monaco-dialog-box");
      await dialog.locator("a.monaco-button", { hasText: "No" }).waitFor();
      await bench.shot("trust");
      await dialog.locator("a.monaco-button", { hasText: "No" }).click();
      await bench.openFile("long_walk.py");
      await page.locator(".squiggly-error, .squiggly-warning").first().waitFor({ timeout: 60_000 });
      await status(page, "diagnostics only");
      await bench.shot("restricted");
      assert.match(await logOf(bench), /\.venv\/bin\/python .*lies in a workspace that is not trusted, so it is not started/);
      assert.ok(!(await isThere(marker)), "a program of the workspace was started");
      assert.ok(!(await isThere(join(bench.workspace, ".aifirst"))), "an index was written");
    });

    does("with trust the workspace's own environment is used, and the project is indexed", async ({ bench, page }) => {
      await bench.run("Workspaces: Manage Workspace Trust");
      await page.locator(".workspace-trust-editor a.monaco-button", { hasText: /^Trust$/ }).first().click();
      await bench.openFile("long_walk.py");
      await status(page, "units in");
      assert.ok(await isThere(marker), "the environment of the workspace was not used");
      assert.ok(await isThere(join(bench.workspace, ".aifirst")));
    });
  },
);

const WALK = (name) => `"""Walks."""\n\n\ndef ${name}(start):\n    """Walk to the lighthouse."""\n${Array.from({ length: 8 }, (_, at) => `    start = start * ${at + 2} + ${at}`).join("\n")}\n    return start\n`;
let second = "";

inWorkbench(
  "two roots",
  async () => {
    second = await mkdtemp(join(tmpdir(), "aifirst-second-"));
    await writeFile(join(second, "aifirst.toml"), "[limits]\nunit_tokens = 40\n");
    await writeFile(join(second, "walk_there.py"), WALK("walk_there"));
    return { folders: [second], plant: (project) => writeFile(join(project, "walk_here.py"), WALK("walk_here")) };
  },
  (does) => {
    after(() => rm(second, { recursive: true, force: true }));

    does("each is judged by its own settings", async ({ bench, page }) => {
      await bench.openFile("walk_there.py");
      await page.locator(".codelens-decoration", { hasText: "of 40 tokens" }).first().waitFor({ timeout: 60_000 });
      await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
      await bench.openFile("walk_here.py");
      await page.locator(".codelens-decoration", { hasText: "of 700 tokens" }).first().waitFor();
      const filter = await bench.problems("limit 40");
      await page.locator(".markers-panel .monaco-list-row", { hasText: "walk_there has" }).first().waitFor();
      assert.equal(await page.locator(".markers-panel .monaco-list-row", { hasText: "walk_here has" }).count(), 0);
      await bench.shot("two-roots");
      await filter.fill("");
      await bench.run("View: Hide Panel");
    });

    does("a search finds in both", async ({ bench, page }) => {
      const row = (name) => page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
      await status(page, "units in");
      for (let tries = 0; tries < 20; tries += 1) {
        await bench.run("aifirst: Search Memory");
        await page.locator(".quick-input-widget input.input").fill("walk to the lighthouse");
        await row("walk_here").waitFor();
        const both = await row("walk_there.py").waitFor({ timeout: 3000 }).then(() => true, () => false);
        if (both) break;
        await bench.press("Escape"); // The second root is still being indexed.
      }
      await row("walk_there.py").waitFor();
      await row("walk_here.py").waitFor();
      await bench.shot("search-two-roots");
      await bench.press("Escape");
    });
  },
);
