// One language status item: whether the server runs, whether the project is indexed, what is being done.

import * as vscode from "vscode";
import type { Status } from "./messages";
import type { FoundServer } from "./serverLocator";

export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;
  private bundled = false;

  constructor() {
    this.item = vscode.languages.createLanguageStatusItem("aifirst", { scheme: "file" });
    this.item.name = "aifirst";
    this.item.command = { title: "Show Logs", command: "aifirst.showLogs" };
    this.say("aifirst: starting", undefined, { busy: true });
  }

  starting(): void {
    this.say("aifirst: starting", undefined, { busy: true });
  }

  off(): void {
    this.say("aifirst: off", "See the setting aifirst.enable");
  }

  /** Which server is being started. */
  serves(server: FoundServer): void {
    this.bundled = server.bundled;
  }

  notFound(next: string): void {
    const command = { title: "Set Up", command: "aifirst.openWalkthrough" };
    this.say("aifirst: no server found", next, {
      severity: vscode.LanguageStatusSeverity.Warning,
      command,
    });
  }

  stopped(why: string): void {
    const command = { title: "Restart", command: "aifirst.restart" };
    this.say("aifirst: stopped", why, { severity: vscode.LanguageStatusSeverity.Error, command });
  }

  tell(status: Status): void {
    const rules = status.rules ? ` · preset ${status.rules}` : "";
    const about = status.problem || `${this.missing(status)}${status.version}${this.bundled ? " bundled" : ""}${rules}`;
    const { indexing } = status;
    if (indexing) {
      const far = indexing.total > 0 ? ` ${indexing.done} of ${indexing.total}` : "";
      this.say(`aifirst: indexing${far}`, about, { busy: true });
    } else if (!status.trusted) {
      this.say("aifirst: diagnostics only", "The workspace is not trusted.", {
        command: { title: "Manage Trust", command: "workbench.trust.manage" },
      });
    } else if (!status.indexed) {
      const command = { title: "Index This Project", command: "aifirst.index" };
      this.say("aifirst: not indexed", about, { command });
    } else {
      this.say(`aifirst: ${status.units.toLocaleString("en")} units in ${status.files.toLocaleString("en")} files`, about);
    }
  }

  dispose(): void {
    this.item.dispose();
  }

  /** How to get what the bundled server has no room for; it stands first, since a line that is too long is cut off. */
  private missing(status: Status): string {
    return this.bundled && status.model === "none" ? "pip install aifirst to search by meaning · " : "";
  }

  private say(
    text: string,
    detail: string | undefined,
    more: { severity?: vscode.LanguageStatusSeverity; busy?: boolean; command?: vscode.Command } = {},
  ): void {
    this.item.text = text;
    // `undefined` cannot be given where the property is optional and exact.
    this.item.detail = detail ?? "";
    this.item.severity = more.severity ?? vscode.LanguageStatusSeverity.Information;
    this.item.busy = more.busy ?? false;
    this.item.command = more.command ?? { title: "Show Logs", command: "aifirst.showLogs" };
  }
}
