// Read-only documents that the server makes from a source and that stand beside it: compiled code, AICCL.
//
// The address carries all that the text depends on (source and variant), so that a document that the editor opens again
// after a restart is made again. It follows the source as it is typed, and each scrolls and selects with the other.

import { posix } from "node:path";
import * as vscode from "vscode";
import type { ServerSession } from "../serverSession";
import { LineMap, type LinePairs } from "./lineMap";

const { basename, extname } = posix;

export interface Made {
  readonly text: string;
  readonly lines: LinePairs;
  readonly language: string | undefined;
  /** What the status line says: tokens before and after. */
  readonly summary: string;
}

export type Maker = (source: vscode.Uri, variant: string, token: vscode.CancellationToken) => Promise<Made | undefined>;

const AFTER_TYPING_MS = 250;
/** How long what an editor shows may move because of us, not because of the user. */
const OWN_MOVE_MS = 500;

export class MadeDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly maps = new Map<string, LineMap>();
  private readonly texts = new Map<string, string>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];
  /** Documents that moved by us, or were made anew, a moment ago: that must not move the other side. */
  private readonly moved = new Map<string, number>();

  readonly onDidChange = this.changes.event;

  constructor(
    readonly scheme: string,
    private readonly make: Maker,
    session: ServerSession,
    /** The extension of the documents where it is not the source's. */
    private readonly extension?: string,
  ) {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === this.scheme) this.movedByUs(document.uri);
        else this.sourceChanged(document.uri);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri.toString())),
      vscode.window.onDidChangeTextEditorVisibleRanges((event) => this.scrolled(event)),
      vscode.window.onDidChangeTextEditorSelection((event) => this.selected(event)),
      session.onStarted(() => this.openOnes().forEach((uri) => this.changes.fire(uri))),
    ];
  }

  /**
   * Opens the document beside the source, the source keeping the focus. Where another variant of it is shown, this one
   * takes its place, and the focus if that had it.
   */
  async open(source: vscode.Uri, variant: string): Promise<void> {
    const uri = this.uriOf(source, variant);
    const isIn = vscode.window.activeTextEditor?.document.uri.scheme === this.scheme;
    const document = await vscode.workspace.openTextDocument(uri);
    this.movedByUs(uri); // that it comes into sight must not scroll the source
    await vscode.window.showTextDocument(document, {
      viewColumn: this.columnOf(source) ?? vscode.ViewColumn.Beside,
      preserveFocus: !isIn,
      preview: true,
    });
    this.movedByUs(uri);
    const editor = vscode.window.visibleTextEditors.find((each) => each.document.uri.toString() === source.toString());
    if (editor) this.follow(editor);
  }

  /** Where a document made from this source is shown already. */
  private columnOf(source: vscode.Uri): vscode.ViewColumn | undefined {
    const shows = ({ input }: vscode.Tab): boolean =>
      input instanceof vscode.TabInputText && this.sourceOf(input.uri)?.source.toString() === source.toString();
    return vscode.window.tabGroups.all.find((group) => group.tabs.some(shows))?.viewColumn;
  }

  uriOf(source: vscode.Uri, variant: string): vscode.Uri {
    // The variant stands in the title, before the extension by which the editor knows the language.
    const extension = this.extension ?? extname(source.path);
    const path = `/${variant}/${basename(source.path, extname(source.path))} (${variant})${extension}`;
    return vscode.Uri.from({ scheme: this.scheme, path, query: source.toString(true) });
  }

  sourceOf(uri: vscode.Uri): { readonly source: vscode.Uri; readonly variant: string } | undefined {
    if (uri.scheme !== this.scheme || !uri.query) return undefined;
    return { source: vscode.Uri.parse(uri.query, true), variant: uri.path.split("/")[1] ?? "" };
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const from = this.sourceOf(uri);
    const made = from && (await this.make(from.source, from.variant, token));
    // A source that cannot be made just now, as while it is typed, leaves what was there.
    if (!made) return this.texts.get(uri.toString()) ?? "";
    this.texts.set(uri.toString(), made.text);
    this.maps.set(uri.toString(), new LineMap(made.lines));
    vscode.window.setStatusBarMessage(made.summary, 5000);
    if (made.language) void this.speak(uri, made.language);
    return made.text;
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const each of this.subscriptions) each.dispose();
    this.changes.dispose();
  }

  private async speak(uri: vscode.Uri, language: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== language) await vscode.languages.setTextDocumentLanguage(document, language);
  }

  private openOnes(): vscode.Uri[] {
    return vscode.workspace.textDocuments.map((document) => document.uri).filter((uri) => uri.scheme === this.scheme);
  }

  private sourceChanged(source: vscode.Uri): void {
    for (const uri of this.openOnes()) {
      if (this.sourceOf(uri)?.source.toString() !== source.toString()) continue;
      const key = uri.toString();
      clearTimeout(this.timers.get(key));
      this.timers.set(key, setTimeout(() => this.changes.fire(uri), AFTER_TYPING_MS));
    }
  }

  private scrolled(event: vscode.TextEditorVisibleRangesChangeEvent): void {
    if (Date.now() < (this.moved.get(event.textEditor.document.uri.toString()) ?? 0)) return;
    this.follow(event.textEditor);
  }

  private selected(event: vscode.TextEditorSelectionChangeEvent): void {
    // A text that is made anew moves its own cursor too: only the editor that the user is in may move the other one's.
    if (event.kind === undefined || event.textEditor !== vscode.window.activeTextEditor) return;
    const line = event.selections[0]?.active.line;
    if (line === undefined) return;
    for (const [other, to] of this.partners(event.textEditor)) {
      const at = new vscode.Position(Math.min(to(line), other.document.lineCount - 1), 0);
      this.reveal(other, at, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      other.selection = new vscode.Selection(at, at);
    }
  }

  private follow(editor: vscode.TextEditor): void {
    const top = editor.visibleRanges[0]?.start.line;
    if (top === undefined) return;
    for (const [other, to] of this.partners(editor)) {
      this.reveal(other, new vscode.Position(to(top), 0), vscode.TextEditorRevealType.AtTop);
    }
  }

  private movedByUs(uri: vscode.Uri): void {
    this.moved.set(uri.toString(), Date.now() + OWN_MOVE_MS);
  }

  private forget(key: string): void {
    this.maps.delete(key);
    this.texts.delete(key);
    this.moved.delete(key);
  }

  private reveal(editor: vscode.TextEditor, at: vscode.Position, how: vscode.TextEditorRevealType): void {
    this.movedByUs(editor.document.uri);
    editor.revealRange(new vscode.Range(at, at), how);
  }

  /** The visible editors that show the other side of this one, and how its lines become theirs. */
  private *partners(editor: vscode.TextEditor): Generator<readonly [vscode.TextEditor, (line: number) => number]> {
    const uri = editor.document.uri;
    const own = this.sourceOf(uri);
    for (const other of vscode.window.visibleTextEditors) {
      const theirs = this.sourceOf(other.document.uri);
      if (own && other.document.uri.toString() === own.source.toString()) {
        const map = this.maps.get(uri.toString());
        if (map) yield [other, (line) => map.toSource(line)];
      } else if (!own && theirs?.source.toString() === uri.toString()) {
        const map = this.maps.get(other.document.uri.toString());
        if (map) yield [other, (line) => map.fromSource(line)];
      }
    }
  }
}
