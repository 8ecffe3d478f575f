// The context builder: what a model would be given for the unit at the cursor, what it costs, ready to be copied.

import * as vscode from "vscode";
import type { ContextItem, Requests } from "../messages";
import type { ServerSession } from "../serverSession";
import { activeSource } from "./activeSource";

const SCHEME = "aifirst-context";

type Context = Requests["aifirst/context"]["result"];
type Asked = Omit<Requests["aifirst/context"]["params"], "budget">;

// The reason that the server gives for what the request names: that stands first in the list.
const ASKED = "asked for";
const isAskedFor = (item: ContextItem): boolean => item.reasons.includes(ASKED);

const BAR_CELLS = 10;

export function registerContextBuilder(session: ServerSession): vscode.Disposable {
  const builder = new ContextBuilder(session);
  const command = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    builder,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, builder.documents),
    session.command("aifirst.buildContext", () => builder.buildHere()),
    command("aifirst.copyContext", () => builder.copy()),
    command("aifirst.openContext", () => builder.openDocument()),
    command("aifirst.contextBudget", () => builder.changeBudget()),
  );
}

class ContextBuilder implements vscode.TreeDataProvider<ContextItem>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  private readonly view: vscode.TreeView<ContextItem>;
  private context: Context | undefined;
  private asked: Asked | undefined;
  readonly onDidChangeTreeData = this.changes.event;
  readonly documents: ContextDocuments;

  constructor(private readonly session: ServerSession) {
    this.view = vscode.window.createTreeView("aifirst.context", { treeDataProvider: this });
    this.documents = new ContextDocuments(session);
  }

  async buildHere(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const source = activeSource();
    if (!editor || !source) {
      void vscode.window.showInformationMessage("Open a file and put the cursor into a unit, then build its context.");
      return;
    }
    const { line, character } = editor.selection.active;
    await this.build({ uri: source.toString(), position: { line, character } });
  }

  async changeBudget(): Promise<void> {
    const section = vscode.workspace.getConfiguration("aifirst");
    const given = await vscode.window.showInputBox({
      title: "Budget of the context, in tokens",
      value: String(section.get<number>("context.budget", 8000)),
      validateInput: (text) => (/^[1-9]\d{2,6}$/.test(text) ? undefined : "A number of tokens, at least 100"),
    });
    if (given === undefined) return;
    await section.update("context.budget", Number(given), vscode.ConfigurationTarget.Global);
    if (this.asked) await this.build(this.asked);
  }

  async copy(): Promise<void> {
    if (!this.context) return;
    await vscode.env.clipboard.writeText(this.context.text);
    vscode.window.setStatusBarMessage(`aifirst: copied ${this.context.tokens} tokens`, 4000);
  }

  async openDocument(): Promise<void> {
    if (!this.context || !this.asked) return;
    await this.documents.open(this.context, this.asked);
  }

  getChildren(item?: ContextItem): ContextItem[] {
    if (item) return [];
    const items = this.context?.items ?? [];
    return [...items.filter(isAskedFor), ...items.filter((one) => !isAskedFor(one))];
  }

  getTreeItem(item: ContextItem): vscode.TreeItem {
    const shown = new vscode.TreeItem(item.unit?.split("::").at(-1) || item.path);
    const told = [`${item.tokens}`, item.resolution, item.path];
    shown.description = (isAskedFor(item) ? [ASKED, ...told] : told).join(" · ");
    shown.tooltip = item.reasons.join("\n");
    shown.iconPath = new vscode.ThemeIcon(item.resolution === "exact" ? "symbol-function" : "symbol-interface");
    shown.command = { title: "Open", command: "aifirst.openPlace", arguments: [item.uri, item.line] };
    return shown;
  }

  dispose(): void {
    this.view.dispose();
    this.documents.dispose();
    this.changes.dispose();
  }

  private async build(asked: Asked): Promise<void> {
    const budget = vscode.workspace.getConfiguration("aifirst").get<number>("context.budget", 8000);
    const context = await vscode.window.withProgress({ location: { viewId: "aifirst.context" } }, (_, token) =>
      this.session.askFor("aifirst/context", { ...asked, budget }, token),
    );
    if (!context) return;
    this.asked = asked;
    this.context = context;
    this.view.message = bar(context.tokens, context.budget);
    await vscode.commands.executeCommand("setContext", "aifirst.hasContext", true);
    this.changes.fire();
    await vscode.commands.executeCommand("aifirst.context.focus", { preserveFocus: true });
  }
}

/**
 * Contexts as documents that can only be read: the server judges no text of this scheme. The address carries what was asked,
 * so that one that the editor opens again after a restart is built again.
 */
class ContextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChange = this.changes.event;

  constructor(private readonly session: ServerSession) {
    this.subscriptions = [
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
      session.onStarted(() => {
        for (const { uri } of vscode.workspace.textDocuments) {
          if (uri.scheme === SCHEME && !this.texts.has(uri.toString())) this.changes.fire(uri);
        }
      }),
    ];
  }

  async open(context: Context, asked: Asked): Promise<void> {
    const unit = context.items[0]?.unit?.split("::").at(-1) || asked.uri?.split("/").at(-1) || "what was asked";
    const path = `/context of ${unit.replaceAll("/", " ")}.md`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify({ ...asked, budget: context.budget }) });
    this.texts.set(uri.toString(), context.text);
    this.changes.fire(uri); // it may be open with an earlier text
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const kept = this.texts.get(uri.toString());
    if (kept !== undefined) return kept;
    const asked = JSON.parse(uri.query) as Requests["aifirst/context"]["params"];
    const answer = await this.session.askWhy("aifirst/context", asked, token);
    return typeof answer === "string" ? answer : answer.text;
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    this.changes.dispose();
  }
}

/** How much of the budget is used, as a bar and in words, so that a screen reader has it as well. */
function bar(tokens: number, budget: number): string {
  const full = budget > 0 ? Math.min(BAR_CELLS, Math.round((tokens / budget) * BAR_CELLS)) : 0;
  const said = `${tokens.toLocaleString("en")} of ${budget.toLocaleString("en")} tokens`;
  return `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)} ${said}`;
}
