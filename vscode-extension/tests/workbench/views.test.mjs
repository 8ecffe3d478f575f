// What the views offer beyond their first showing, by mouse and keyboard: modes, resolutions, budgets, places to jump to.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { start } from "./fixture.mjs";

let bench;
let page;

before(async () => {
  bench = await start();
  page = bench.page;
}, { timeout: 120_000 });
after(async () => bench?.close());

/** One thing that a developer does; nothing stays open for the next one. */
function does(name, act) {
  test(name, { timeout: 120_000 }, () => bench.step(name, act).finally(() => bench.closeAll().catch(() => undefined)));
}

const tab = (name) => page.locator(`.tab.active[data-resource-name="${name}"]`);
const pane = (title) => page.locator(".pane", { has: page.locator(".pane-header", { hasText: title }) });
const row = (view, text) => pane(view).locator(".monaco-list-row", { hasText: text }).first();
const pick = (text) => page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();

/** Waits until the project is indexed, which a lens tells by who depends on a unit. */
async function indexed() {
  await bench.openFile("apply_volume_discount.py");
  await page.locator(".codelens-decoration a", { hasText: "3 dependents" }).first().waitFor({ timeout: 90_000 });
}

does("a finding's code leads to the page of its rule", async () => {
  await indexed();
  await bench.openFile("long_walk.py");
  await page.locator(".squiggly-warning, .squiggly-error").first().waitFor();
  await bench.goTo(1, 6);
  await bench.run("Show or Focus Hover");
  const link = page.locator(".monaco-hover .code-link, .monaco-hover a", { hasText: "AF101" }).first();
  await link.click();
  await page.locator('.tab[data-resource-name="AF101-unit-tokens.md"]').waitFor();
  await bench.webview().locator("h1", { hasText: "AF101 unit-tokens" }).waitFor();
  await bench.shot("rule page");
});

does("what depends on a unit is listed, and leads there", async () => {
  await bench.openFile("look_up_unit_prices.py");
  const { line } = await lineOf("quote/look_up_unit_prices.py", "def look_up_unit_prices");
  await bench.goTo(line, 8);
  await bench.run("aifirst: Show What Depends on This Unit");
  await pick("quote.py").waitFor();
  await bench.shot("impact");
  await pick("quote.py").click();
  await page.locator(".tab.active:not([data-resource-name='look_up_unit_prices.py'])").waitFor();
});

/** Git in the folder that is open, without anybody's configuration. */
function git(...given) {
  const own = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  execFileSync("git", [...who, ...given], { cwd: bench.workspace, env: { ...process.env, ...own }, stdio: "pipe" });
}

does("what the change at work may break is marked in the graph, before it is saved, with the tests to run", async () => {
  await bench.openFile("look_up_unit_prices.py");
  await bench.run("aifirst: Show What This Change May Break");
  const panel = bench.webview().locator("#panel");
  await panel.locator("h3", { hasText: "This change" }).waitFor();
  await panel.locator("p", { hasText: "is in no git repository" }).waitFor();
  await writeFile(join(bench.workspace, ".gitignore"), ".aifirst/\n__pycache__/\n");
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "begin");
  await panel.locator("button", { hasText: "Look again" }).click();
  await panel.locator("p", { hasText: "No code changed since the last commit" }).waitFor();
  await tab("look_up_unit_prices.py").click();
  const { line } = await lineOf("quote/look_up_unit_prices.py", "    return");
  await bench.goTo(line, 1);
  await page.keyboard.type("    print(1)\n");
  await bench.run("aifirst: Show What This Change May Break");
  await panel.locator("p", { hasText: "1 unit changed since the last commit" }).waitFor();
  await panel.locator("li", { hasText: "test_quote.py" }).first().waitFor();
  await panel.locator("li button", { hasText: "look_up_unit_prices" }).first().waitFor();
  await bench.webview().locator('html[data-drawing="false"]').waitFor({ state: "attached" });
  await bench.shot("change in the graph");
  await panel.locator("button", { hasText: "Copy tests" }).click();
  await page.locator(".statusbar-item", { hasText: /\d+ tests? copied/ }).waitFor();
  await panel.locator("li a", { hasText: "test_quote.py" }).first().click();
  await page.locator('.tab[data-resource-name="test_quote.py"]').waitFor();
  await panel.locator("h3", { hasText: "This change" }).waitFor();
});

does("compiled code is shown in each mode, and saved as a file", async () => {
  await bench.openFile("parse_order_lines.py");
  await bench.run("aifirst: Preview Compiled Code Beside");
  await page.locator('.tab[data-resource-name="parse_order_lines (clean).py"]').click();
  for (const mode of ["structural", "documented"]) {
    await bench.run("aifirst: Choose Mode of Compiled Preview");
    await pick(mode).click();
    await tab(`parse_order_lines (${mode}).py`).waitFor();
    assert.equal(await page.locator(".editor-group-container").count(), 2, "it opened in a place of its own");
  }
  await page.locator(".editor-group-container").nth(1).locator(".view-line", { hasText: "Return the amount" }).first().waitFor();
  await bench.shot("compiled documented");
  await bench.run("aifirst: Save Compiled Code As…");
  const input = page.locator(".quick-input-widget input.input");
  const target = join(bench.workspace, "quote/parse_order_lines.documented.py");
  await page.waitForFunction((path) => document.querySelector(".quick-input-widget input.input")?.value === path, target);
  await page.locator(".quick-input-widget a.monaco-button", { hasText: /^(OK|Save)$/ }).first().click();
  await input.waitFor({ state: "hidden" });
  const saved = await untilThere(() => readFile(target, "utf8"));
  assert.match(saved, /def parse_order_lines/);
  assert.ok(!saved.includes("@TAG"));
});

does("compiled code scrolls with its source", async () => {
  await bench.openFile("long_walk.py");
  await bench.run("aifirst: Preview Compiled Code Beside");
  await page.locator('.tab[data-resource-name="long_walk (clean).py"]').waitFor();
  const preview = page.locator(".editor-group-container").nth(1);
  const number = (text) => preview.locator(".line-numbers", { hasText: new RegExp(`^${text}$`) });
  await number("3").waitFor();
  const source = await page.locator(".editor-group-container").first().boundingBox();
  await page.mouse.move(source.x + source.width / 2, source.y + source.height / 2);
  for (let turns = 0; turns < 60 && (await number("3").isVisible()); turns += 1) {
    await page.mouse.wheel(0, 400); // a few lines, however far it is turned
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  await number("3").waitFor({ state: "detached" });
});

does("AICCL is shown at each resolution, and a line chosen in it is chosen in the source", async () => {
  await bench.openFile("parse_order_lines.py");
  await bench.run("aifirst: Show as AICCL Beside");
  await page.locator('.tab[data-resource-name="parse_order_lines (low).aiccl"]').click();
  for (const resolution of ["outline", "exact", "medium", "meta"]) {
    await bench.run("aifirst: Choose Resolution of AICCL View");
    await pick(resolution).click();
    await tab(`parse_order_lines (${resolution}).aiccl`).waitFor();
  }
  await bench.shot("aiccl meta");
  await bench.run("aifirst: Choose Resolution of AICCL View");
  await pick("low").click();
  await tab("parse_order_lines (low).aiccl").waitFor();
  await page.waitForFunction(() => {
    const spans = document.querySelectorAll(".editor-group-container")[1]?.querySelectorAll(".view-line span[class*=mtk]") ?? [];
    return new Set([...spans].map((each) => /mtk\d+/.exec(each.className)?.[0])).size >= 3; // colours
  });
  await bench.shot("aiccl low");
  await page.locator(".editor-group-container").nth(1).locator(".view-line", { hasText: "parse_order_lines(" }).first().click();
  const { line } = await lineOf("quote/parse_order_lines.py", "def parse_order_lines");
  await page.locator(`.editor-group-container:nth-child(1) .line-numbers.active-line-number, .editor-group-container .active-line-number`, { hasText: String(line) }).first().waitFor();
});

does("what was found stays in a tree: a row opens its place, and the list can be cleared", async () => {
  await bench.run("aifirst: Search Memory");
  await page.locator(".quick-input-widget input.input").fill("round the sales tax");
  await pick("add_sales_tax").waitFor();
  await bench.press("Enter");
  await tab("add_sales_tax.py").waitFor();
  await bench.run("aifirst: Focus on Search Results View");
  await row("Search Results", "add_sales_tax.py").waitFor();
  await row("Search Results", "quote/format_quote.py").waitFor();
  await bench.shot("results");
  await row("Search Results", /^format_quote\s*line/).click();
  await tab("format_quote.py").waitFor();
  await pane("Search Results").hover();
  await pane("Search Results").locator('.actions a[aria-label*="Clear Results"]').click();
  await pane("Search Results").locator(".monaco-list-row").first().waitFor({ state: "detached" });
});

does("a context keeps to another budget, and opens as a document", async () => {
  await bench.openFile("apply_volume_discount.py");
  await bench.goTo(30, 5);
  await bench.run("aifirst: Build Context for This Unit");
  await row("Context", "apply_volume_discount").waitFor();
  await pane("Context").getByText(/of 8,000 tokens/).waitFor();
  await bench.run("aifirst: Change Budget of Context");
  const input = page.locator(".quick-input-widget input.input");
  await input.fill("5");
  await page.locator(".quick-input-widget", { hasText: "at least" }).waitFor();
  await input.fill("600");
  await bench.press("Enter");
  const told = pane("Context").getByText(/of 600 tokens/);
  await told.waitFor();
  const [, tokens] = /([\d,]+) of 600/.exec(await told.innerText());
  assert.ok(Number(tokens.replace(",", "")) <= 600, tokens);
  await bench.shot("context budget");
  await bench.run("aifirst: Open Context as Document");
  await tab("context of apply_volume_discount.md").waitFor();
  assert.equal(await page.locator(".tab.active.dirty").count(), 0, "it asks to be saved");
  await page.locator(".view-line", { hasText: "def apply_volume_discount" }).first().waitFor();
  await bench.shot("context document");
  await bench.type("x");
  await page.locator(".monaco-editor-overlaymessage", { hasText: "read-only" }).waitFor();
  assert.equal(await page.locator(".codelens-decoration").count(), 0, "the context is judged itself");
});

does("a split that is refused says why in full, and what to do instead", async () => {
  await bench.openFile("apply_volume_discount.py");
  const { line } = await lineOf("quote/apply_volume_discount.py", "def apply_volume_discount");
  await bench.goTo(line, 8);
  await bench.run("aifirst: Split This Unit");
  await page.locator(".notification-toast", { hasText: /is not split: .*Split it by hand/ }).waitFor();
  await bench.shot("split refused");
});

does("a requirement of a ticket leads to the code that names it", async () => {
  await bench.run("aifirst: Focus on Tickets View");
  const twistie = (text) => row("Tickets", text).locator(".monaco-tl-twistie");
  await row("Tickets", "apply-volume-discount").waitFor();
  await twistie("apply-volume-discount").click();
  await row("Tickets", "FR4").waitFor();
  await twistie("FR4").click();
  await row("Tickets", /apply_volume_discount\.py.*line/).waitFor();
  await bench.shot("tickets places");
  await row("Tickets", /apply_volume_discount\.py.*line/).click();
  await tab("apply_volume_discount.py").waitFor();
});

does("a tag is renamed by F2 in every file that names it", async () => {
  const { line, column } = await lineOf("quote/apply_volume_discount.py", "@TAG:FEATURE:price-quote");
  await bench.openFile("apply_volume_discount.py");
  await bench.goTo(line, column + 15);
  await bench.press("F2");
  const input = page.locator(".rename-box input.rename-input");
  await input.waitFor();
  assert.equal(await input.inputValue(), "price-quote");
  await input.fill("make-quote");
  await bench.press("Enter");
  await page.locator(".view-line", { hasText: "@TAG:FEATURE:make-quote" }).first().waitFor();
  // The editor saves what a refactoring changes.
  const renamed = async () => {
    const text = await readFile(join(bench.workspace, "quote/format_quote.py"), "utf8");
    assert.ok(text.includes("@TAG:FEATURE:make-quote") && !text.includes("price-quote"), text.slice(0, 200));
  };
  await untilThere(renamed);
  await bench.shot("renamed");
});

does("units are found by name, and tags after an @, among the symbols of the workspace", async () => {
  await bench.ask("Control+p", "#look_up_unit");
  await pick("look_up_unit_prices").waitFor();
  await bench.press("Enter");
  await tab("look_up_unit_prices.py").waitFor();
});

does("beside an editor the graph shows its details below the map, and keys go from box to box and to the code", async () => {
  await bench.openFile("format_quote.py");
  const { line } = await lineOf("quote/format_quote.py", "def format_quote");
  await bench.goTo(line, 6);
  await bench.run("aifirst: Show Dependency Graph");
  const graph = bench.webview();
  const head = graph.locator("#panel h3");
  await head.filter({ hasText: "format_quote" }).waitFor();
  const [map, panel] = await Promise.all([graph.locator("#stage").boundingBox(), graph.locator("#panel").boundingBox()]);
  assert.ok(map.width < 720 && panel.y >= map.y + map.height - 1, "the details do not stand below the map");
  assert.ok(map.height > panel.height, "the details take more room than the map");
  await bench.shot("graph narrow");
  await graph.locator("#map").focus();
  const before = await head.innerText();
  let moved = false;
  for (const key of ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"]) {
    await bench.press(key);
    moved ||= (await head.innerText()) !== before;
  }
  assert.ok(moved, "no key led to another box");
  await graph.locator("#side-open").click();
  await graph.locator("#outline [role=treeitem]").first().waitFor();
  await bench.shot("graph groups");
  await graph.locator("#side-open").press("Escape");
  await graph.locator("#side").waitFor({ state: "hidden" });
  await graph.locator("#search").fill("add_sales_tax");
  await graph.locator("#results [role=option]", { hasText: "add_sales_tax" }).first().waitFor();
  await bench.press("Enter");
  await head.filter({ hasText: "add_sales_tax" }).waitFor();
  // Its box is in the middle of the map once that has come to rest.
  await graph.locator("html[data-drawing=false]").waitFor({ state: "attached" });
  await graph.locator("#map").click();
  await page.locator('.tab.active[data-resource-name="add_sales_tax.py"]').waitFor();
  assert.ok(await graph.locator("#map").evaluate((map) => map.ownerDocument.hasFocus()), "the graph has lost the focus");
  await bench.shot("graph click");
  await graph.locator("#map").focus();
  await bench.press("o");
  await page.locator(".editor-group-container.active .tab.active[data-resource-name='add_sales_tax.py']").waitFor();
});

does("the walkthrough has its five steps, the report all that is asked for, and the log is at hand", async () => {
  await bench.run("Welcome: Open Walkthrough...");
  await page.locator(".quick-input-widget input.input").fill("Start with aifirst");
  await pick("Start with aifirst").waitFor();
  await bench.press("Enter");
  const steps = page.locator(".gettingStartedContainer .getting-started-step");
  await steps.nth(4).waitFor();
  await bench.shot("walkthrough");
  assert.equal(await steps.count(), 5);
  await bench.run("aifirst: Print Debug Information");
  await page.locator(".view-line", { hasText: '"extension": ' }).first().waitFor();
  await bench.shot("debug information");
  await bench.run("aifirst: Show Logs");
  await page.locator(".part.panel .output-view-container, .part.panel .pane-body").first().waitFor();
  await page.locator(".part.panel .view-line", { hasText: /./ }).first().waitFor();
  await bench.shot("log");
  await bench.run("View: Hide Panel");
});

/** Where a text first stands in a file of the workspace, counted from 1. */
async function lineOf(path, text) {
  const lines = (await readFile(join(bench.workspace, path), "utf8")).split("\n");
  const at = lines.findIndex((line) => line.includes(text));
  assert.ok(at >= 0, text);
  return { line: at + 1, column: lines[at].indexOf(text) + 1 };
}

/** What a reading gives once it does not fail any more. */
async function untilThere(read) {
  for (const end = Date.now() + 20_000; ; ) {
    try {
      return await read();
    } catch (error) {
      if (Date.now() > end) throw error;
      await page.waitForTimeout(50);
    }
  }
}
