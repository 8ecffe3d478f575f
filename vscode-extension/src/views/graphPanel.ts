// The dependency graph: the page that `aifirst graph` draws, in a panel that follows the editor and opens code.

import { isAbsolute, relative } from "node:path";
import * as vscode from "vscode";
import type { ServerSession } from "../serverSession";
import { log } from "../log";
import type { ChangeImpact, Requests } from "../messages";
import { activeSource, openPlace } from "./activeSource";

const VIEW_TYPE = "aifirst.graph";
const AFTER_MOVING_MS = 200;
const NOT_INDEXED =
  "The graph is drawn as soon as the project is indexed. If that does not begin by itself, run the command “aifirst: Index This Project”.";
const NOT_TRUSTED = "The workspace is not trusted, so no index is made, and git is not asked what changed. Trust the workspace first.";

export function registerGraphPanel(session: ServerSession, extension: vscode.Uri): vscode.Disposable {
  const graph = new GraphPanel(session, extension);
  return vscode.Disposable.from(
    graph,
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: (panel) => graph.adopt(panel),
    }),
    vscode.commands.registerCommand("aifirst.openGraph", () => graph.openByHand()),
    vscode.commands.registerCommand("aifirst.showImpact", () => graph.openChange()),
    session.command("aifirst.showUnitImpact", () => showUnitImpact(session)),
    session.command("aifirst.showDependents", (id: string) => showDependents(session, id)),
  );
}

/** What the page says to us. */
type Said =
  | { readonly type: "ready" }
  /** Opens a place; with `keep` the page keeps the focus. */
  | { readonly type: "open"; readonly path: string; readonly line: number; readonly keep?: boolean }
  /** Asks what the change at work may break. */
  | { readonly type: "change" }
  /** Asks for the tests to run after it in the clipboard. */
  | { readonly type: "copyTests" };

class GraphPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private timer: NodeJS.Timeout | undefined;
  private drawn = false;
  /** The folder of the project that is drawn. */
  private root: string | undefined;
  private drawnFor: string | undefined;
  /** Whether the page listens. */
  private ready = false;
  /** Whether what the change may break is shown as soon as the page listens. */
  private wantsChange = false;
  /** What the change may break, as it was shown last. */
  private change: ChangeImpact | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly session: ServerSession,
    private readonly extension: vscode.Uri,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeTextEditorSelection(() => this.follow()),
      vscode.window.onDidChangeActiveTextEditor(() => this.follow()),
      session.onStatus((status) => {
        if (!this.panel || this.drawn) return;
        if (status.indexed && !status.indexing) void this.draw(this.panel);
        else this.panel.webview.html = noteHtml(this.whyNotDrawn());
      }),
      session.onSettled(() => {
        if (this.panel && !this.drawn && session.absence) this.panel.webview.html = noteHtml(this.whyNotDrawn());
      }),
    ];
  }

  /** Opens the graph; that no server runs is told beside it, with what helps. */
  async openByHand(): Promise<void> {
    await this.open();
    await this.session.needed();
  }

  async open(): Promise<void> {
    if (this.panel) {
      this.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    await this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, "Dependency Graph", column, { enableScripts: true, localResourceRoots: [] }));
  }

  /** Shows what changed since the last commit, and what may break by that. */
  async openChange(): Promise<void> {
    this.wantsChange = true;
    await this.openByHand();
    if (this.ready && this.wantsChange) await this.showChange();
  }

  async adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.panel?.dispose();
    this.panel = panel;
    const media = vscode.Uri.joinPath(this.extension, "media");
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, "graph-light.svg"),
      dark: vscode.Uri.joinPath(media, "graph-dark.svg"),
    };
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    panel.webview.onDidReceiveMessage((said: Said) => this.heard(said));
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    await this.draw(panel);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    for (const each of this.subscriptions) each.dispose();
  }

  private async draw(panel: vscode.WebviewPanel): Promise<void> {
    this.drawn = this.ready = false;
    panel.webview.html = noteHtml("Drawing the graph…");
    const source = activeSource();
    const asked = source?.scheme === "file" ? { uri: source.toString() } : {};
    const answer = this.session.running ? await this.session.ask("aifirst/graphPage", asked) : undefined;
    if (this.panel !== panel) return;
    this.drawn = answer !== undefined;
    this.root = answer?.root;
    this.drawnFor = source?.toString();
    panel.webview.html = answer ? answer.html : noteHtml(this.whyNotDrawn());
  }

  private whyNotDrawn(): string {
    const { absence, running } = this.session;
    if (absence) return `No graph without the server. ${absence.what} ${absence.next}`;
    if (!running) return "The graph is drawn as soon as the server has started.";
    return vscode.workspace.isTrusted ? NOT_INDEXED : NOT_TRUSTED;
  }

  /** Has the page show what the change may break, or why that is not known. */
  private async showChange(): Promise<void> {
    const panel = this.panel;
    if (!panel || this.root === undefined) return;
    this.wantsChange = false;
    const asked = this.drawnFor === undefined ? {} : { uri: this.drawnFor };
    const answer = await this.session.askWhy("aifirst/changeImpact", asked);
    if (this.panel !== panel) return;
    this.change = typeof answer === "string" ? undefined : answer;
    await panel.webview.postMessage(typeof answer === "string" ? { type: "change", why: answer } : { type: "change", ...answer });
  }

  private async copyTests(): Promise<void> {
    const tests = this.change?.tests ?? [];
    await vscode.env.clipboard.writeText(tests.map((test) => `${test.id}\n`).join(""));
    vscode.window.setStatusBarMessage(`${tests.length} test${tests.length === 1 ? "" : "s"} copied`, 3000);
  }

  private heard(said: Said): void {
    if (said.type === "ready") {
      this.ready = true;
      if (this.wantsChange) void this.showChange();
      else this.follow();
    }
    if (said.type === "change") void this.showChange();
    if (said.type === "copyTests") void this.copyTests();
    if (said.type !== "open" || typeof said.path !== "string") return;
    const uri = this.root === undefined ? undefined : placeIn(this.root, said.path);
    const viewColumn = columnForCode(this.panel?.viewColumn);
    if (uri) void openPlace(uri, said.line, { viewColumn, preserveFocus: said.keep === true, preview: said.keep === true });
    else log.warn(`The graph names ${said.path}, which is not in the workspace.`);
  }

  private follow(): void {
    clearTimeout(this.timer);
    if (!this.panel?.visible) return;
    this.timer = setTimeout(() => {
      const uri = activeSource();
      if (!uri || uri.scheme !== "file" || !this.panel) return;
      const path = this.root === undefined ? undefined : pathBelow(this.root, uri.fsPath);
      if (path === undefined) {
        // A file of another project that is open: its graph is shown.
        const isNew = this.drawnFor !== uri.toString();
        if (this.drawn && isNew && vscode.workspace.getWorkspaceFolder(uri)) void this.draw(this.panel);
        return;
      }
      const line = (vscode.window.activeTextEditor?.selection.active.line ?? 0) + 1;
      void this.panel.webview.postMessage({ type: "focus", path, line });
    }, AFTER_MOVING_MS);
  }
}

/** Where code is shown: where some is already, else beside the graph. */
function columnForCode(graph: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const shown = vscode.window.visibleTextEditors.map((each) => each.viewColumn).filter((each) => each !== undefined && each !== graph);
  return shown[0] ?? (graph === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One);
}

/** The file of a path that the graph tells; nothing for one that leads out of the project. */
function placeIn(root: string, path: string): vscode.Uri | undefined {
  if (path.startsWith("/") || path.split(/[\\/]/).includes("..")) return undefined;
  return vscode.Uri.joinPath(vscode.Uri.file(root), path);
}

/** A file's path as the graph has it; nothing for one that lies elsewhere. */
function pathBelow(root: string, file: string): string | undefined {
  const way = relative(root, file);
  return way === "" || way.startsWith("..") || isAbsolute(way) ? undefined : way.replaceAll("\\", "/");
}

/** The units that depend on the one at the cursor, however far away, to choose from. */
async function showUnitImpact(session: ServerSession): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { line, character } = editor.selection.active;
  await chooseDependent(session, { uri: editor.document.uri.toString(), position: { line, character } });
}

/** The units that depend directly on the one of a lens. */
async function showDependents(session: ServerSession, id: string): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  if (uri !== undefined) await chooseDependent(session, { uri, id, depth: 1 });
}

async function chooseDependent(session: ServerSession, asked: Requests["aifirst/impact"]["params"]): Promise<void> {
  const impact = await session.askFor("aifirst/impact", asked);
  if (!impact) return;
  const items = impact.units.map((unit) => ({
    label: unit.id.split("::").at(-1) || unit.path,
    description: `${unit.path}:${unit.line}`,
    detail: unit.distance === 1 ? "depends on it directly" : `${unit.distance} steps away`,
    unit,
  }));
  const tests = impact.tests.length;
  const title = `${impact.total.toLocaleString("en")} units may break; ${tests} test file${tests === 1 ? "" : "s"} reach${tests === 1 ? "es" : ""} it`;
  const placeHolder = items.length > 0 ? "Choose one to open it" : "Nothing that is indexed depends on it";
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (chosen) await openPlace(vscode.Uri.parse(chosen.unit.uri), chosen.unit.line);
}

function noteHtml(text: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"></head>
<body style="font-family: var(--vscode-font-family); padding: 2em"><p role="status">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p></body></html>`;
}
