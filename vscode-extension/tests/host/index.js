// Runs inside the extension host, with the editor's real API: the workbench loads this and calls `run`.
//
// What came out is written beside the workspace, where `host.test.mjs` reads it.

const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const vscode = require("vscode");
const { at, nonEmpty, open, runAll, until } = require("./in_editor.js");

const EXTENSION = "aifirst.aifirst";

const tests = {
  async "the extension is there within a second and waits for no server"() {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension);
    const began = Date.now();
    await extension.activate();
    assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`);
  },

  async "every command that the package tells of is registered"() {
    const { contributes } = vscode.extensions.getExtension(EXTENSION).packageJSON;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(contributes.commands.map((each) => each.command).filter((id) => !registered.has(id)), []);
    for (const { command } of contributes.keybindings) assert.ok(registered.has(command), command);
  },

  async "findings are there for a file that is opened"() {
    const document = await open("quote/long_walk.py");
    const found = await until(() => nonEmpty(vscode.languages.getDiagnostics(document.uri)), "no diagnostics");
    const codes = found.map((each) => each.code?.value ?? each.code);
    assert.ok(codes.includes("AF101"), String(codes));
    assert.ok(found.every((each) => each.source === "aifirst"));
  },

  async "symbols, hovers, lenses and links come through the editor's own commands"() {
    const { uri } = await open("quote/apply_volume_discount.py");
    const run = (command, ...rest) => vscode.commands.executeCommand(command, uri, ...rest);
    const symbols = await until(async () => nonEmpty(await run("vscode.executeDocumentSymbolProvider")), "no symbols");
    assert.ok(symbols.some((each) => each.name === "apply_volume_discount"), symbols.map((each) => each.name).join());
    const hovers = await until(async () => nonEmpty(await run("vscode.executeHoverProvider", await at(uri, "def apply_volume", 6))), "no hover");
    assert.match(hovers.flatMap((each) => each.contents.map((one) => one.value ?? one)).join("\n"), /tokens/);
    const lenses = await until(async () => nonEmpty(await run("vscode.executeCodeLensProvider", 10)), "no lenses");
    assert.ok(lenses.some((each) => /of 700 tokens/.test(each.command?.title ?? "")));
    const links = await until(async () => nonEmpty(await run("vscode.executeLinkProvider")), "no links");
    assert.ok(links.some((each) => each.target?.path.endsWith("specs/quote.md")));
    const folds = await run("vscode.executeFoldingRangeProvider");
    assert.ok(folds.length > 0);
  },

  async "a tag leads to where it is defined, and is renamed in code and tickets"() {
    const { uri } = await open("quote/apply_volume_discount.py");
    const place = await at(uri, "@TAG:FEATURE:price-quote", 16);
    const definitions = await until(
      async () => nonEmpty(await vscode.commands.executeCommand("vscode.executeDefinitionProvider", uri, place)),
      "no definition",
    );
    assert.ok((definitions[0].uri ?? definitions[0].targetUri).path.startsWith(vscode.workspace.workspaceFolders[0].uri.path));
    // Refused until other files are known, which is when the index is there.
    const rename = () => vscode.commands.executeCommand("vscode.executeDocumentRenameProvider", uri, place, "make-quote");
    const edit = await until(() => Promise.resolve(rename()).catch(() => undefined), "no renaming");
    assert.ok(edit.entries().length > 1, "the tag is in several files");
    assert.ok(edit.entries().every(([, edits]) => edits.every((each) => each.newText.includes("make-quote"))));
  },

  async "tags are completed"() {
    const document = await vscode.workspace.openTextDocument({ language: "python", content: "" });
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    const text = "# @TAG:FEATURE:";
    edit.insert(document.uri, new vscode.Position(0, 0), text);
    await vscode.workspace.applyEdit(edit);
    await until(async () => {
      const end = new vscode.Position(0, text.length);
      const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", document.uri, end, ":");
      return list.items.some((item) => (item.label.label ?? item.label).includes("price-quote"));
    }, "price-quote is not offered");
  },

  async "a fix of a finding can be had and applied"() {
    const { uri } = await open("quote/long_walk.py");
    const range = new vscode.Range(0, 5, 0, 5);
    const actions = await until(
      async () => nonEmpty(await vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, range)),
      "no actions",
    );
    assert.ok(actions.some((each) => /^Split long_walk into/.test(each.title)), actions.map((each) => each.title).join());
  },

  async "documents of compiled code and AICCL have content"() {
    const source = await open("quote/parse_order_lines.py");
    const query = source.uri.toString(true);
    const made = [
      ["aifirst-compiled", "/clean/parse_order_lines (clean).py", /def parse_order_lines/],
      ["aifirst-compiled", "/documented/parse_order_lines (documented).py", /Return the amount and article/],
      ["aifirst-aiccl", "/low/parse_order_lines (low).aiccl", /parse_order_lines\(/],
      ["aifirst-aiccl", "/exact/parse_order_lines (exact).aiccl", /parse_order_lines/],
    ];
    for (const [scheme, path, content] of made) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path, query }));
      assert.match(document.getText(), content);
      assert.ok(scheme !== "aifirst-compiled" || !document.getText().includes("@TAG"));
    }
  },

  async "ten restarts at once make few servers, and one is alive at the end"() {
    const before = servers();
    assert.equal(before.length, 1, `servers: ${before}`);
    await Promise.all(Array.from({ length: 10 }, () => vscode.commands.executeCommand("aifirst.restart")));
    const after = await until(() => servers().length === 1 && servers(), "not one server");
    assert.notDeepEqual(after, before);
    const document = await open("quote/format_quote.py");
    await until(() => nonEmpty(vscode.languages.getDiagnostics(document.uri)), "no diagnostics after restarts");
  },
};

/** The servers that this extension host has started, by process id. */
function servers() {
  const lines = execFileSync("ps", ["-eo", "pid,ppid,args"]).toString().split("\n");
  return lines.map((line) => line.trim().split(/\s+/)).filter(([, parent, ...args]) => Number(parent) === process.pid && args.includes("lsp")).map(([pid]) => pid);
}

exports.run = () => runAll(tests);
