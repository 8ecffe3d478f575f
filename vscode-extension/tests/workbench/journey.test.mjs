// What a developer does in a day, with keyboard and mouse, in a real workbench.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "./fixture.mjs";

let bench;
let page;

before(async () => {
  bench = await start();
  page = bench.page;
}, { timeout: 90_000 });
after(async () => bench?.close());

/** One thing that a developer does. */
function does(name, act) {
  test(name, { timeout: 120_000 }, () => bench.step(name, act));
}

const editor = (at = 0) => page.locator(".editor-group-container").nth(at);
const text = async (at = 0) => (await editor(at).locator(".view-line").allInnerTexts()).join("\n").replaceAll("\u00a0", " ");

does("lenses tell what a unit costs, and who depends on it once the project is indexed", async () => {
  await bench.openFile("apply_volume_discount.py");
  await page.locator(".codelens-decoration", { hasText: "of 700 tokens" }).first().waitFor();
  await page.locator(".codelens-decoration a", { hasText: "3 dependents" }).first().waitFor();
  await bench.shot("lenses");
});

does("a click on dependents offers to go there", async () => {
  await page.locator(".codelens-decoration a", { hasText: "3 dependents" }).first().click();
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "quote.py" }).first().waitFor();
  await bench.shot("dependents");
  await bench.press("Escape");
});

does("a finding stands in the text as it is typed, and goes when it is mended", async () => {
  await bench.openFile("parse_order_lines.py");
  await page.locator(".codelens-decoration", { hasText: "tokens" }).first().waitFor();
  await bench.toEnd();
  await bench.type("\nX = 1  # aifirst: ignore[AF101]");
  await page.locator(".squiggly-warning, .squiggly-error").first().waitFor();
  await bench.shot("squiggle");
  const filter = await bench.problems("AF001");
  await bench.shot("problems");
  await filter.fill("");
  await bench.run("View: Hide Panel");
  await bench.run("View: Focus Active Editor Group");
  await bench.toEnd();
  await bench.type(" generated table");
  await page.locator(".squiggly-warning, .squiggly-error").first().waitFor({ state: "detached" });
  await bench.run("File: Revert File");
});

does("a code action writes documentation to be filled in", async () => {
  await bench.openFile("long_walk.py");
  await bench.goTo(1, 6);
  await bench.run("Refactor...");
  await page.locator(".action-widget .monaco-list-row", { hasText: "Create a ticket for long_walk" }).waitFor();
  await bench.shot("actions");
  // By keys: the list is laid out anew whenever something is added to it, and a mouse may miss.
  const chosen = page.locator(".action-widget .monaco-list-row.focused", { hasText: "Create a ticket for long_walk" });
  for (let steps = 0; steps < 10 && !(await chosen.isVisible()); steps += 1) await bench.press("ArrowDown");
  await bench.press("Enter");
  await page.locator(".view-line", { hasText: "@TAG:TICKET:long-walk" }).waitFor();
  await bench.run("File: Revert File");
  await page.locator(".view-line", { hasText: "@TAG:TICKET:long-walk" }).waitFor({ state: "detached" });
});

does("tags are completed by what the project has", async () => {
  await bench.openFile("format_quote.py");
  await bench.goTo(1);
  await bench.press("Control+Home");
  await bench.type("# @TAG:FEATURE:");
  await page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "price-quote" }).waitFor();
  await bench.shot("completion");
  await bench.press("Escape");
  await bench.run("File: Revert File");
});

does("a unit over the limit is split, shown first, and applied", async () => {
  await bench.openFile("long_walk.py");
  await bench.goTo(4, 8);
  await bench.run("aifirst: Split This Unit");
  await page.locator(".notification-toast", { hasText: "functions? New:" }).waitFor();
  await page.locator(".editor.modified .view-line", { hasText: /^def\s_/ }).first().waitFor();
  await bench.shot("split-preview");
  await page.locator('.editor-actions a[aria-label*="Split as Shown"]').click();
  await page.locator('.tab.active.dirty[data-resource-name="long_walk.py"]').waitFor();
  await page.locator(".monaco-diff-editor").waitFor({ state: "detached" });
  await bench.goTo(36);
  await page.locator(".view-line", { hasText: /^def\s_/ }).first().waitFor();
  await bench.shot("split");
  await bench.press("Control+s");
  await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
  const split = await readFile(join(bench.workspace, "quote/long_walk.py"), "utf8");
  assert.ok(split.split("def ").length > 2);
  execFileSync("python3", ["-I", "-c", `${split}\nassert isinstance(long_walk(3), int)`]);
});

does("compiled code stands beside its source and follows what is typed", async () => {
  await bench.openFile("parse_order_lines.py");
  await bench.run("aifirst: Preview Compiled Code Beside");
  await page.locator('.tab[data-resource-name="parse_order_lines (clean).py"]').waitFor();
  await page.locator(".editor-group-container").nth(1).locator(".view-line", { hasText: "def parse_order_lines" }).waitFor();
  assert.ok(!(await text(1)).includes("@TAG"));
  await bench.shot("compiled");
  await bench.run("View: Focus First Editor Group");
  await bench.toEnd();
  await bench.type("\nTYPED = 1  # now");
  assert.match(await text(0), /\nTYPED = 1 {2}# now$/, "what is typed stays where the cursor was");
  await page.locator(".editor-group-container").nth(1).locator(".view-line", { hasText: "TYPED = 1" }).waitFor();
  assert.ok(!(await text(1)).includes("# now"));
  await bench.run("File: Revert File");
  await bench.closeAll();
});

does("the AICCL view tells a file in few tokens", async () => {
  await bench.openFile("parse_order_lines.py");
  await bench.run("aifirst: Show as AICCL Beside");
  await page.locator('.tab[data-resource-name="parse_order_lines (low).aiccl"]').waitFor();
  await page.locator(".editor-group-container").nth(1).locator(".view-line", { hasText: "parse_order_lines(" }).waitFor();
  await bench.shot("aiccl");
  await bench.closeAll();
});

does("the graph is drawn, follows the editor, and a click in it opens code", async () => {
  await bench.openFile("format_quote.py");
  await bench.goTo(2);
  await bench.run("aifirst: Show Dependency Graph");
  const graph = bench.webview();
  await graph.locator("#panel", { hasText: "format_quote.py" }).waitFor();
  await bench.shot("graph");
  await bench.openFile("look_up_unit_prices.py");
  await graph.locator("#panel h2, #panel", { hasText: "look_up_unit_prices" }).first().waitFor();
  await graph.locator("#panel button, #panel a", { hasText: "test_quote.py" }).first().click();
  await graph.locator("#panel .where a", { hasText: "test_quote.py" }).first().click();
  await page.locator('.tab.active[data-resource-name="test_quote.py"]').waitFor();
  await bench.closeAll();
});

does("memory is searched as one types, and what was found stays in the tree", async () => {
  await bench.run("aifirst: Search Memory");
  await page.locator(".quick-input-widget input").fill("round the sales tax");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "add_sales_tax" }).first().waitFor();
  await bench.shot("search");
  await bench.press("Enter");
  await bench.inEditor(); // a preview stood there before
  await page.locator('.tab.active[data-resource-name="add_sales_tax.py"]').waitFor();
});

does("the context of a unit is built, tells its cost, and is copied", async () => {
  await bench.openFile("apply_volume_discount.py");
  await bench.goTo(30, 5);
  await bench.run("aifirst: Build Context for This Unit");
  await page.locator(".pane", { hasText: "Context" }).locator(".monaco-list-row", { hasText: "apply_volume_discount" }).first().waitFor();
  await bench.shot("context");
  await bench.run("aifirst: Copy Context");
  await sleep(500);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /def apply_volume_discount/);
});

does("tickets are listed with what covers their requirements", async () => {
  await bench.run("aifirst: Focus on Tickets View");
  const tickets = page.locator(".pane", { hasText: "Tickets" });
  await tickets.locator(".monaco-list-row", { hasText: "apply-volume-discount" }).first().waitFor();
  await tickets.locator(".monaco-list-row", { hasText: "apply-volume-discount" }).first().locator(".monaco-tl-twistie").click();
  await tickets.locator(".monaco-list-row", { hasText: "FR4" }).first().waitFor();
  await bench.shot("tickets");
});

does("a server that is killed is started again, and the editor goes on", async () => {
  await bench.openFile("apply_volume_discount.py");
  const killed = execFileSync("sh", ["-c", `ps -eo pid,args | grep "[a]ifirst lsp" | awk '{print $1}'`]).toString().trim().split("\n");
  const own = killed.filter((pid) => readCwd(pid).startsWith(bench.home) || belongs(pid, bench.server.pid));
  assert.ok(own.length > 0, "the server's process was not found");
  for (const pid of own) process.kill(Number(pid), "SIGKILL");
  await bench.toEnd();
  await bench.type("\nX = 1  # aifirst: ignore[AF101]");
  await page.locator(".squiggly-warning, .squiggly-error").first().waitFor();
  await bench.run("File: Revert File");
});

function readCwd(pid) {
  try {
    return execFileSync("readlink", [`/proc/${pid}/cwd`]).toString().trim();
  } catch {
    return "";
  }
}

/** Whether a process descends from another. */
function belongs(pid, ancestor) {
  let at = Number(pid);
  for (let steps = 0; at > 1 && steps < 20; steps += 1) {
    if (at === ancestor) return true;
    try {
      at = Number(execFileSync("ps", ["-o", "ppid=", "-p", String(at)]).toString().trim());
    } catch {
      return false;
    }
  }
  return false;
}
