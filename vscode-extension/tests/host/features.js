// Each feature of the server once, through the editor's own commands, in a workspace of several folders.

const assert = require("node:assert/strict");
const vscode = require("vscode");
const { at, nonEmpty, open, runAll, until } = require("./in_editor.js");

const run = vscode.commands.executeCommand;

/** The text at a location, of the document that it is in. */
async function textAt({ uri, targetUri, range, targetSelectionRange, targetRange }) {
  const document = await vscode.workspace.openTextDocument(uri ?? targetUri);
  return document.getText(range ?? targetSelectionRange ?? targetRange);
}

const namesOf = async (locations) => (await Promise.all(locations.map(textAt))).sort();

/** The code actions at a place whose title begins so, resolved. */
async function action(uri, range, title) {
  const asked = async () => (await run("vscode.executeCodeActionProvider", uri, range, undefined, 30)).find((each) => each.title.startsWith(title));
  return until(asked, `no action ${title}`);
}

/** Applies the edit of a resolved action to its file, hands on the text, and takes it back. */
async function applied(document, found) {
  assert.ok(found.edit, `${found.title} was not resolved`);
  await vscode.workspace.applyEdit(found.edit);
  const text = document.getText();
  await vscode.window.showTextDocument(document);
  await run("workbench.action.files.revert");
  assert.notEqual(text, document.getText(), found.title);
  return text;
}

const folderOf = (name) => vscode.workspace.workspaceFolders.find((each) => each.uri.path.endsWith(name));

const tests = {
  async "references of a tag are in all files, each with the tag itself as its range"() {
    const { uri } = await open("animals/dog.py");
    const place = await at(uri, "@TAG:SPEC:barking", 12);
    const found = await until(async () => {
      const all = await run("vscode.executeReferenceProvider", uri, place);
      return all.length > 1 && all;
    }, "references are in one file only");
    assert.deepEqual(await namesOf(found), ["@TAG:FEATURE:barking", "@TAG:SPEC:barking"]);
  },

  async "code leads to definitions, uses and implementations"() {
    const { uri } = await open("animals/dog.py");
    const called = await at(uri, "bark_loudly()", 3);
    // The graph comes after the index.
    const defined = await until(async () => nonEmpty(await run("vscode.executeDefinitionProvider", uri, called)), "no definition");
    assert.deepEqual(await namesOf(defined), ["bark_loudly"]);
    const used = await run("vscode.executeReferenceProvider", uri, await at(uri, "def bark_loudly", 6));
    assert.deepEqual(await namesOf(used), ["bark_loudly", "bark_loudly"]);
    const base = await open("animals/base.py");
    const made = await run("vscode.executeImplementationProvider", base.uri, await at(base.uri, "class Animal", 8));
    assert.deepEqual(await namesOf(made), ["Dog"]);
  },

  async "a requirement leads to its ticket and its specification, and to code that names it"() {
    const { uri } = await open("quote/apply_volume_discount.py");
    const place = await at(uri, "FR4: a line", 1);
    const defined = await run("vscode.executeDefinitionProvider", uri, place);
    const files = defined.map((each) => (each.uri ?? each.targetUri).path.split("/").at(-1)).sort();
    assert.deepEqual(files, ["apply_volume_discount.py", "quote.md"]);
    assert.deepEqual(await namesOf(defined), ["FR4", "FR4"]);
    assert.ok((await run("vscode.executeReferenceProvider", uri, place)).length > 2);
  },

  async "calls are followed both ways"() {
    const { uri } = await open("animals/dog.py");
    const [item] = await run("vscode.prepareCallHierarchy", uri, await at(uri, "def bark_loudly", 6));
    const [call] = await run("vscode.provideIncomingCalls", item);
    assert.equal(call.from.name, "Dog.speak");
    assert.equal(await textAt({ uri: call.from.uri, range: call.fromRanges[0] }), "bark_loudly");
    assert.equal(await textAt({ uri: call.from.uri, range: call.from.selectionRange }), "speak");
    const [back] = await run("vscode.provideOutgoingCalls", call.from);
    assert.equal(back.to.name, "bark_loudly");
  },

  async "symbols of the workspace are found by name, and tags after an @"() {
    const found = await until(async () => nonEmpty(await run("vscode.executeWorkspaceSymbolProvider", "bark_loudly")), "no symbols");
    assert.deepEqual(await namesOf(found.map((each) => each.location)), ["bark_loudly"]);
    const tags = await run("vscode.executeWorkspaceSymbolProvider", "@barking");
    assert.ok(tags.some((each) => each.name === "@TAG:FEATURE:barking"));
  },

  async "a name of another file is completed, and tells its signature and documentation when looked at"() {
    const document = await open("quote/add_sales_tax.py");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount, 0), "\nlook_up_un");
    await vscode.workspace.applyEdit(edit);
    const end = document.lineAt(document.lineCount - 1).range.end;
    const item = await until(async () => {
      const list = await run("vscode.executeCompletionItemProvider", document.uri, end, undefined, 50);
      return list.items.find((each) => (each.label.label ?? each.label) === "look_up_unit_prices" && each.documentation);
    }, "look_up_unit_prices is not offered, or not resolved");
    assert.match(item.detail, /^look_up_unit_prices\(lines/);
    assert.match(item.documentation.value ?? item.documentation, /^Return amount, article/);
    await run("workbench.action.files.revert");
  },

  async "a finding links to its rule, which is a document without a network"() {
    const document = await open("twice.py");
    const found = await until(
      () => vscode.languages.getDiagnostics(document.uri).find((each) => each.code?.value === "AF205"),
      () => `no AF205 in ${JSON.stringify(vscode.languages.getDiagnostics(document.uri))}`,
    );
    assert.deepEqual(found.tags, [vscode.DiagnosticTag.Unnecessary]);
    assert.equal(found.relatedInformation[0].location.range.start.line, 4);
    assert.equal(found.code.target.scheme, "aifirst-rule");
    const page = await vscode.workspace.openTextDocument(found.code.target);
    assert.match(page.getText(), /^# AF205 duplicate-comment\n/);
    assert.equal(page.languageId, "markdown");
  },

  async "a finding is silenced with a reason to be said"() {
    const document = await open("twice.py");
    const found = await action(document.uri, new vscode.Range(6, 6, 6, 6), "Silence AF205");
    assert.match(await applied(document, found), /others {2}# aifirst: ignore\[AF205\] $/m);
  },

  async "glue that is missing is added as a skeleton"() {
    const document = await open("bare.py");
    const found = await action(document.uri, new vscode.Range(0, 5, 0, 5), "Add documentation to walk");
    assert.match(await applied(document, found), /def walk\(steps\):\n {4}"""TODO: what it does, and why/);
  },

  async "a ticket is created, and its modification log is added to"() {
    const bare = await open("bare.py");
    const ticket = await action(bare.uri, new vscode.Range(0, 5, 0, 5), "Create a ticket for walk");
    assert.match(await applied(bare, ticket), /@TAG:TICKET:walk/);
    const document = await open("quote/apply_volume_discount.py");
    const log = await action(document.uri, new vscode.Range(12, 2, 12, 2), "Add an entry to the modification log");
    const day = new Date().getFullYear();
    assert.match(await applied(document, log), new RegExp(`# - ${day}-\\d\\d-\\d\\d: TODO`));
  },

  async "all that can be mended safely is mended at once"() {
    const document = await open("restated.py");
    const found = await until(
      () => vscode.languages.getDiagnostics(document.uri).find((each) => each.code?.value === "AF206"),
      () => `no AF206 in ${JSON.stringify(vscode.languages.getDiagnostics(document.uri))}`,
    );
    assert.equal(document.getText(found.range), "# Close the file.");
    await vscode.window.showTextDocument(document);
    await run("aifirst.fixAll");
    await until(() => document.isDirty, "nothing was mended");
    assert.ok(!document.getText().includes("# Close"), document.getText());
    await run("workbench.action.files.revert");
  },

  async "a split is an edit of the action that offers it"() {
    const document = await open("quote/long_walk.py");
    const split = await action(document.uri, new vscode.Range(0, 6, 0, 6), "Split long_walk into");
    assert.match(await applied(document, split), /^def _\w+\(/m);
  },

  async "tags and steps have colours of their own"() {
    const { uri } = await open("quote/apply_volume_discount.py");
    const legend = await until(() => run("vscode.provideDocumentSemanticTokensLegend", uri), "no legend");
    const { data } = await run("vscode.provideDocumentSemanticTokens", uri);
    const kinds = new Set(Array.from({ length: data.length / 5 }, (_, token) => legend.tokenTypes[data[token * 5 + 3]]));
    for (const kind of ["aifirstTag", "aifirstTicket", "aifirstMarker"]) assert.ok(kinds.has(kind), [...kinds].join());
  },

  async "glue folds as comments"() {
    const { uri } = await open("quote/apply_volume_discount.py");
    const folds = await run("vscode.executeFoldingRangeProvider", uri);
    const ticket = folds.find((each) => each.start === 0 && each.kind === vscode.FoldingRangeKind.Comment);
    assert.ok(ticket?.end >= 11, JSON.stringify(folds));
  },

  async "a hover tells the figures of a unit, and of a tag where it is defined"() {
    const { uri } = await open("animals/dog.py");
    const said = async (text, into) => {
      const hovers = await run("vscode.executeHoverProvider", uri, await at(uri, text, into));
      return hovers.flatMap((each) => each.contents.map((one) => one.value ?? one)).join("\n");
    };
    assert.match(await said("def bark_loudly", 6), /\d+ tokens.*limit 700/);
    await until(async () => /1 unit depends on it/.test(await said("def bark_loudly", 6)), "dependents are not told");
    await until(async () => /Defined: .*animals\/feature\.py:1/.test(await said("@TAG:SPEC:barking", 12)), "no definition");
  },

  async "lenses stay while a line is half written"() {
    const document = await open("quote/parse_order_lines.py");
    const titles = async () => (await run("vscode.executeCodeLensProvider", document.uri, 20)).map((each) => each.command?.title ?? "").filter((one) => /tokens/.test(one));
    const before = await until(async () => nonEmpty(await titles()), "no lenses");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount, 0), "\ndef half_written(");
    await vscode.workspace.applyEdit(edit);
    assert.deepEqual(await titles(), before);
    await run("workbench.action.files.revert");
  },

  async "hints stand at the end of long units where the folder asks for them"() {
    const { uri } = await open("quote/long_walk.py");
    const whole = new vscode.Range(0, 0, 200, 0);
    const section = vscode.workspace.getConfiguration("aifirst", uri);
    assert.deepEqual(await run("vscode.executeInlayHintProvider", uri, whole), []);
    await section.update("inlayHints.enable", true, vscode.ConfigurationTarget.WorkspaceFolder);
    const [hint] = await until(async () => nonEmpty(await run("vscode.executeInlayHintProvider", uri, whole)), "no hints");
    assert.match(String(hint.label.map?.((part) => part.value).join("") ?? hint.label), /long_walk: [\d,]+ tokens/);
    await section.update("inlayHints.enable", undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    await until(async () => (await run("vscode.executeInlayHintProvider", uri, whole)).length === 0, "hints stay");
  },

  async "each folder has its own settings, and they count at once"() {
    const lenses = async (uri) => (await run("vscode.executeCodeLensProvider", uri, 5)).filter((each) => /tokens/.test(each.command?.title ?? ""));
    const here = await open("animals/base.py");
    const there = await open("walk_there.py", folderOf("root0"));
    await until(async () => nonEmpty(await lenses(there.uri)), "no lenses in the second folder");
    assert.match((await lenses(there.uri))[0].command.title, /of 40 tokens/);
    const section = vscode.workspace.getConfiguration("aifirst", there.uri);
    await section.update("codeLens.enable", ["glue"], vscode.ConfigurationTarget.WorkspaceFolder);
    await until(async () => (await lenses(there.uri)).length === 0, "lenses stay in the second folder");
    assert.ok(nonEmpty(await lenses(here.uri)), "the first folder has lost its lenses too");
    await section.update("codeLens.enable", undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    await until(async () => nonEmpty(await lenses(there.uri)), "the lenses do not come back");
  },

  async "a folder that is added is served with its own rules"() {
    const added = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "../added");
    const write = (name, text) => vscode.workspace.fs.writeFile(vscode.Uri.joinPath(added, name), new TextEncoder().encode(text));
    await write("aifirst.toml", "[limits]\nunit_tokens = 30\n");
    await write("walk_anew.py", `"""Walks."""\n\n\ndef walk_anew(start):\n    """Walk."""\n${"    start = start * 2 + 1\n".repeat(9)}    return start\n`);
    vscode.workspace.updateWorkspaceFolders(vscode.workspace.workspaceFolders.length, 0, { uri: added });
    await until(() => folderOf("/added"), "the folder is not added");
    const { uri } = await open("walk_anew.py", folderOf("/added"));
    const found = await until(() => vscode.languages.getDiagnostics(uri).find((each) => each.code?.value === "AF101"), "no findings");
    assert.match(found.message, /limit 30/);
  },

  async "cells of a notebook are judged each by itself"() {
    const [folder] = vscode.workspace.workspaceFolders;
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder.uri, "walk.ipynb"));
    await vscode.window.showNotebookDocument(notebook);
    const [first, second] = notebook.getCells().map((cell) => cell.document.uri);
    const found = await until(() => nonEmpty(vscode.languages.getDiagnostics(second)), "no findings in the second cell");
    assert.equal(found[0].code.value, "AF001");
    assert.deepEqual(vscode.languages.getDiagnostics(first), []);
    const hovers = await run("vscode.executeHoverProvider", first, new vscode.Position(0, 5));
    assert.match(hovers.flatMap((each) => each.contents.map((one) => one.value ?? one)).join(), /tokens/);
  },
};

exports.run = () => runAll(tests);
