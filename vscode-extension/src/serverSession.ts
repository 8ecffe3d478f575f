// The one running server: found, started, stopped and started again, never two at once.

import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { type Absence, NO_PYTHON, NO_SERVER, NOT_YET, tellAbsence } from "./absence";
import { log, messageOf, tell } from "./log";
import { isRefused, type Method, type Requests, type Status } from "./messages";
import { activeInterpreter } from "./pythonEnvironment";
import { findServer, type FoundServer } from "./serverLocator";
import { serverSettings } from "./settings";
import type { StatusItem } from "./statusItem";

/** A server that ends this often within a minute is left alone until the user restarts it. */
const MOST_CRASHES = 4;
const CRASHES_WITHIN_MS = 60_000;
/** A command that was run by hand waits so long for a server that is being started. */
const STARTS_WITHIN_MS = 60_000;
const LAST_SERVED = "aifirst.lastServed";

export class ServerSession implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private found: FoundServer | undefined;
  private absent: Absence | undefined;
  private readonly settled = new vscode.EventEmitter<void>();
  private readonly started = new vscode.EventEmitter<void>();
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private queue: Promise<void> = Promise.resolve();
  private waiting = false;
  private crashes: number[] = [];
  private ended = false;

  /** Fires each time a server has started and can be asked. */
  readonly onStarted = this.started.event;
  readonly onStatus = this.statusChanged.event;
  /** Fires each time it has turned out that a server runs, or why none does. */
  readonly onSettled = this.settled.event;

  constructor(
    private readonly status: StatusItem,
    private readonly context: vscode.ExtensionContext,
  ) {}

  get running(): boolean {
    return this.client?.state === State.Running;
  }

  /** Why no server runs, and what to do about it; nothing while one runs or is being started. */
  get absence(): Absence | undefined {
    return this.running ? undefined : this.absent;
  }

  /**
   * Registers a command that needs the server. One that is being started is waited for; where none runs, the person who
   * ran the command is told why and what to do, whatever `aifirst.showNotifications` says of messages nobody asked for.
   */
  command<Given extends unknown[]>(id: string, act: (...given: Given) => unknown): vscode.Disposable {
    return vscode.commands.registerCommand(id, async (...given: Given) => ((await this.needed()) ? act(...given) : undefined));
  }

  /** Whether a server runs, for a command that was run by hand: where none does, that is told. */
  async needed(): Promise<boolean> {
    if (!this.running && !this.absent) {
      const options = { location: vscode.ProgressLocation.Window, title: "aifirst: the server is starting" };
      await vscode.window.withProgress(options, () => this.settling());
    }
    if (this.running) return true;
    void tellAbsence(this.absent ?? NOT_YET);
    return false;
  }

  /** What is known of the server, for a report. */
  describe(): Record<string, unknown> {
    return { running: this.running, ...this.found, capabilities: this.client?.initializeResult?.capabilities };
  }

  /** Restarts; while one restart runs, any number of further calls make one more of them, after it. */
  restart(): Promise<void> {
    if (this.waiting) return this.queue;
    this.waiting = true;
    this.queue = this.queue.then(async () => {
      this.waiting = false;
      this.isAbsent(undefined);
      await this.stop();
      await this.start();
    });
    return this.queue;
  }

  /** Restarts where the order of places now gives another server than the one that runs. */
  async restartIfOther(): Promise<void> {
    const found = await this.locate();
    const same = (["command", "version", "bundled"] as const).every((each) => found?.[each] === this.found?.[each]);
    if (!same) await this.restart();
  }

  /** Asks the server; nothing where none runs or it refuses, which is told to the log and, by choice, the user. */
  async ask<M extends Method>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]["result"] | undefined> {
    const answer = await this.askWhy(method, params, token);
    if (typeof answer !== "string") return answer;
    if (!this.running) void tell("request", answer, { title: "Show Logs", command: "aifirst.showLogs" });
    else if (!token?.isCancellationRequested) this.refused(answer);
    return undefined;
  }

  /** Asks for someone who ran a command and waits for the answer: a refusal is shown to them in full. */
  async askFor<M extends Method>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]["result"] | undefined> {
    const answer = await this.askWhy(method, params, token);
    if (typeof answer !== "string") return answer;
    if (token?.isCancellationRequested) return undefined;
    log.warn(answer);
    void vscode.window.showInformationMessage(answer);
    return undefined;
  }

  /** The answer to a request, or why there is none, in words for who asked; nobody else is told. */
  async askWhy<M extends Method>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]["result"] | string> {
    if (!this.client || !this.running) return "The aifirst server is not running.";
    try {
      // A token that is undefined would be sent as a second parameter.
      const answer: unknown = await (token
        ? this.client.sendRequest(method, params, token)
        : this.client.sendRequest(method, params));
      if (!isRefused(answer)) return answer as Requests[M]["result"];
      const { message, next } = answer.error;
      return next === undefined ? message : `${message} ${next}`;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** The workspace edit of an answer, as the editor's own. */
  async editOf(edit: Requests["aifirst/decompose"]["result"]["edit"]): Promise<vscode.WorkspaceEdit> {
    if (!this.client) throw new Error("no server");
    return this.client.protocol2CodeConverter.asWorkspaceEdit(edit);
  }

  async dispose(): Promise<void> {
    this.ended = true;
    await this.queue.catch(() => undefined);
    await this.stop();
  }

  private refused(message: string): void {
    // Someone asked for this with a command and would else see nothing: a line that goes by itself, no dialog.
    vscode.window.setStatusBarMessage(`aifirst: ${message}`, 8000);
    void tell("request", message);
  }

  private locate(): Promise<FoundServer | undefined> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    const { path, interpreter, useBundled } = serverSettings(folder);
    return findServer({
      path,
      interpreter,
      useBundled,
      bundled: this.bundled(),
      lastServed: this.context.workspaceState.get<string>(LAST_SERVED),
      folders: vscode.workspace.workspaceFolders?.map((each) => each.uri.fsPath) ?? [],
      trusted: vscode.workspace.isTrusted,
      programPath: process.env["PATH"] ?? "",
      platform: process.platform,
      activeInterpreter: () => activeInterpreter(folder?.uri),
      log: (message) => log.info(message),
    });
  }

  /** What was packed with the extension, where it was packed with a server at all. */
  private bundled(): { start: string; storage: string } | undefined {
    const start = this.context.asAbsolutePath(join("bundled", "start.py"));
    return existsSync(start) ? { start, storage: join(this.context.globalStorageUri.fsPath, "server") } : undefined;
  }

  private async start(): Promise<void> {
    if (this.ended) return;
    const settings = serverSettings(vscode.workspace.workspaceFolders?.[0]);
    if (!settings.enable) {
      this.isAbsent({ what: "The aifirst server is off.", next: "Turn it on in the setting aifirst.enable.", setting: "aifirst.enable" });
      return this.status.off();
    }
    this.status.starting();
    const found = await this.locate();
    this.found = found;
    if (!found) {
      const absence = this.bundled() ? NO_PYTHON : NO_SERVER;
      this.status.notFound(absence.next.split(",")[0] ?? "");
      this.isAbsent(absence);
      await tell("error", `${absence.what} ${absence.next}`, { title: "Set Up", command: "aifirst.openWalkthrough" });
      return;
    }
    this.status.serves(found);
    void this.context.workspaceState.update(LAST_SERVED, found.command);
    this.client = this.clientFor(found, settings.logLevel);
    this.client.onNotification("aifirst/statusChanged", (status: Status) => this.told(status));
    this.client.onDidChangeState(({ newState }) => void this.changed(newState));
    try {
      await this.client.start();
    } catch (error) {
      this.status.stopped(messageOf(error));
      const what = `The aifirst server did not start: ${messageOf(error)}`;
      this.isAbsent({ what, next: "The log says more.", setting: "aifirst.interpreter" });
      await tell("error", what, {
        title: "Show Logs",
        command: "aifirst.showLogs",
      });
    }
  }

  private async stop(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (!client) return;
    try {
      if (client.needsStop()) await client.stop(3000);
      await client.dispose(1000);
    } catch (error) {
      log.info(`The server did not end when asked: ${messageOf(error)}`);
    }
  }

  /** Follows the client's state: it also starts a server that ended by itself. */
  private async changed(state: State): Promise<void> {
    await vscode.commands.executeCommand("setContext", "aifirst.running", state === State.Running);
    if (state !== State.Running) return;
    this.isAbsent(undefined);
    const status = await this.ask("aifirst/status", {});
    if (status) this.told(status);
    this.started.fire();
  }

  /** Keeps why no server runs, and lets the views know; that one runs or is being started, where nothing is given. */
  private isAbsent(absence: Absence | undefined): void {
    this.absent = absence;
    void vscode.commands.executeCommand("setContext", "aifirst.absent", absence !== undefined);
    if (absence || this.running) this.settled.fire();
  }

  /** Until it has turned out whether a server runs; not for ever, since one may hang. */
  private settling(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        once.dispose();
        resolve();
      };
      const once = this.settled.event(end);
      const timer = setTimeout(end, STARTS_WITHIN_MS);
    });
  }

  private told(status: Status): void {
    this.status.tell(status);
    void vscode.commands.executeCommand("setContext", "aifirst.indexed", status.indexed);
    this.statusChanged.fire(status);
  }

  private clientFor(found: FoundServer, logLevel: string): LanguageClient {
    const run = { command: found.command, args: [...found.args] };
    const options: LanguageClientOptions = {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }, { notebook: "*", scheme: "file" }],
      outputChannel: log, // the reasons why a server was passed over stand there too
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { trusted: vscode.workspace.isTrusted, logLevel },
      initializationFailedHandler: () => false,
      diagnosticPullOptions: { onChange: true, onSave: true },
      errorHandler: {
        error: (error) => {
          log.warn(messageOf(error));
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => this.closed(),
      },
    };
    return new LanguageClient("aifirst", "aifirst", { run, debug: run }, options);
  }

  private closed(): { action: CloseAction; handled: boolean } {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < CRASHES_WITHIN_MS), now];
    if (this.crashes.length < MOST_CRASHES) {
      log.warn("The server ended and is started again.");
      this.status.starting();
      return { action: CloseAction.Restart, handled: true };
    }
    this.crashes = [];
    this.status.stopped("It ended several times within a minute.");
    const what = "The aifirst server ended several times within a minute.";
    this.isAbsent({ what, next: "The log may say why; “aifirst: Restart Server” starts it again.", setting: "aifirst.path" });
    void tell("error", what, {
      title: "Restart",
      command: "aifirst.restart",
    });
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}
