// Memory search: a quick pick that answers as one types, and a tree that keeps the answers.

import * as vscode from "vscode";
import type { SearchResult } from "../messages";
import type { ServerSession } from "../serverSession";
import { openPlace } from "./activeSource";

const AFTER_TYPING_MS = 150;
const MOST_RESULTS = 30;

interface Pick extends vscode.QuickPickItem {
  readonly result?: SearchResult;
}

export function registerMemorySearch(session: ServerSession): vscode.Disposable {
  const tree = new ResultsTree();
  const view = vscode.window.createTreeView("aifirst.results", { treeDataProvider: tree });
  const command = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    view,
    session.command("aifirst.search", (query?: string) => {
      search(session, typeof query === "string" ? query : selectedText(), (asked, results) => {
        tree.show(results);
        view.description = asked;
      });
    }),
    command("aifirst.clearResults", () => {
      tree.show([]);
      view.description = "";
    }),
  );
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty || !editor.selection.isSingleLine) return "";
  return editor.document.getText(editor.selection);
}

/** Asks while one types, the newest question only; previews what is looked at, and goes back when left. */
function search(session: ServerSession, query: string, keep: (query: string, results: readonly SearchResult[]) => void): void {
  const pick = vscode.window.createQuickPick<Pick>();
  pick.placeholder = "What does the code do? A name, an error or a stack trace will do as well.";
  pick.matchOnDescription = pick.matchOnDetail = true;
  pick.value = query;
  const before = vscode.window.activeTextEditor;
  const place = before && { uri: before.document.uri, selection: before.selection };
  let timer: NodeJS.Timeout | undefined;
  let cancel = new vscode.CancellationTokenSource();
  let results: readonly SearchResult[] = [];
  let accepted = false;
  const ask = async (): Promise<void> => {
    cancel.cancel();
    cancel = new vscode.CancellationTokenSource();
    const { token } = cancel;
    const asked = pick.value.trim();
    if (asked === "") {
      pick.items = [];
      return;
    }
    pick.busy = true;
    const answer = await session.ask("aifirst/search", { query: asked, limit: MOST_RESULTS }, token);
    if (token.isCancellationRequested) return;
    pick.busy = false;
    results = answer?.results ?? [];
    pick.items = results.length > 0 ? results.map(itemOf) : [{ label: "Nothing found", alwaysShow: true }];
  };
  pick.onDidChangeValue(() => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), AFTER_TYPING_MS);
  });
  pick.onDidChangeActive(([item]) => {
    if (item?.result) void openPlace(vscode.Uri.parse(item.result.uri), item.result.line, { preview: true, preserveFocus: true });
  });
  pick.onDidAccept(() => {
    const chosen = pick.activeItems[0]?.result;
    if (!chosen) return;
    accepted = true;
    keep(pick.value.trim(), results);
    void openPlace(vscode.Uri.parse(chosen.uri), chosen.line);
    pick.hide();
  });
  pick.onDidHide(() => {
    clearTimeout(timer);
    cancel.cancel();
    if (!accepted) {
      if (results.length > 0) keep(pick.value.trim(), results);
      if (place) void vscode.window.showTextDocument(place.uri, { selection: place.selection });
    }
    pick.dispose();
  });
  pick.show();
  if (query !== "") void ask();
}

function itemOf(result: SearchResult): Pick {
  const name = result.unit?.split("::").at(-1);
  return {
    label: `$(${iconOf(result.kind)}) ${name || result.path}`,
    description: `${result.path}:${result.line}`,
    detail: result.reasons.join(" · "),
    alwaysShow: true,
    result,
  };
}

function iconOf(kind: string): string {
  const icons: Record<string, string> = { class: "symbol-class", function: "symbol-function", method: "symbol-method", file: "file" };
  return icons[kind] ?? "symbol-misc";
}

type Node = { readonly path: string; readonly results: readonly SearchResult[] } | SearchResult;

/** The last answers by file, best first. */
class ResultsTree implements vscode.TreeDataProvider<Node> {
  private readonly changes = new vscode.EventEmitter<void>();
  private files: { path: string; results: SearchResult[] }[] = [];
  readonly onDidChangeTreeData = this.changes.event;

  show(results: readonly SearchResult[]): void {
    const byPath = new Map<string, SearchResult[]>();
    for (const result of results) byPath.set(result.path, [...(byPath.get(result.path) ?? []), result]);
    this.files = [...byPath].map(([path, inFile]) => ({ path, results: inFile }));
    this.changes.fire();
  }

  getChildren(node?: Node): Node[] {
    if (!node) return this.files;
    return "results" in node ? [...node.results] : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if ("results" in node) {
      const item = new vscode.TreeItem(node.path, vscode.TreeItemCollapsibleState.Expanded);
      const uri = node.results[0]?.uri;
      if (uri !== undefined) item.resourceUri = vscode.Uri.parse(uri);
      item.iconPath = vscode.ThemeIcon.File;
      return item;
    }
    const item = new vscode.TreeItem(node.unit?.split("::").at(-1) || node.path);
    item.description = `line ${node.line}`;
    item.tooltip = node.reasons.join("\n");
    item.iconPath = new vscode.ThemeIcon(iconOf(node.kind));
    item.command = { title: "Open", command: "aifirst.openPlace", arguments: [node.uri, node.line] };
    return item;
  }
}
