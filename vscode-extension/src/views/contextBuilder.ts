// The context builder: what a model would be given for the unit at the cursor, what it costs, ready to be copied.

import * as vscode from "vscode";
import type { ContextItem, Requests } from "../messages";
import type { ServerSession } from "../serverSession";
import { activeSource } from "./activeSource";

type Context = Requests["aifirst/context"]["result"];
type Asked = Omit<Requests["aifirst/context"]["params"], "budget">;

// The reason that the server gives for what the request names: that stands first in the list.
const ASKED = "asked for";
const isAskedFor = (item: ContextItem): boolean => item.reasons.includes(ASKED);

const BAR_CELLS = 20;

export function registerContextBuilder(session: ServerSession): vscode.Disposable {
  const builder = new ContextBuilder(session);
  const command = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    builder,
    command("aifirst.buildContext", () => builder.buildHere()),
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

  constructor(private readonly session: ServerSession) {
    this.view = vscode.window.createTreeView("aifirst.context", { treeDataProvider: this });
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
    if (!this.context) return;
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: this.context.text });
    await vscode.window.showTextDocument(document, { preview: true });
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
    this.changes.dispose();
  }

  private async build(asked: Asked): Promise<void> {
    const budget = vscode.workspace.getConfiguration("aifirst").get<number>("context.budget", 8000);
    const context = await vscode.window.withProgress({ location: { viewId: "aifirst.context" } }, (_, token) =>
      this.session.ask("aifirst/context", { ...asked, budget }, token),
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

/** How much of the budget is used, as a bar and in words, so that a screen reader has it as well. */
function bar(tokens: number, budget: number): string {
  const full = budget > 0 ? Math.min(BAR_CELLS, Math.round((tokens / budget) * BAR_CELLS)) : 0;
  const said = `${tokens.toLocaleString("en")} of ${budget.toLocaleString("en")} tokens`;
  return `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)} ${said}`;
}
