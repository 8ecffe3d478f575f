// The tree of tickets: their states, the requirements they name and whether code covers them.

import * as vscode from "vscode";
import { log } from "../log";
import type { Requirement, Ticket } from "../messages";
import type { ServerSession } from "../serverSession";

const AFTER_SAVING_MS = 500;

type Node =
  | { readonly kind: "state"; readonly state: string; readonly tickets: readonly Ticket[] }
  | { readonly kind: "ticket"; readonly ticket: Ticket }
  | { readonly kind: "requirement"; readonly requirement: Requirement }
  | { readonly kind: "place"; readonly uri: string; readonly line: number };

export function registerTicketsTree(session: ServerSession): vscode.Disposable {
  const tree = new TicketsTree(session);
  const view = vscode.window.createTreeView("aifirst.tickets", { treeDataProvider: tree, showCollapseAll: true });
  let timer: NodeJS.Timeout | undefined;
  return vscode.Disposable.from(
    view,
    session.command("aifirst.refreshTickets", () => tree.refresh()),
    session.onSettled(() => tree.refresh()),
    session.onStarted(() => tree.refresh()),
    session.onStatus((status) => {
      if (!status.indexing) tree.refresh();
    }),
    vscode.workspace.onDidSaveTextDocument(() => {
      clearTimeout(timer);
      timer = setTimeout(() => tree.refresh(), AFTER_SAVING_MS);
    }),
    { dispose: () => clearTimeout(timer) },
  );
}

class TicketsTree implements vscode.TreeDataProvider<Node> {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;

  constructor(private readonly session: ServerSession) {}

  refresh(): void {
    this.changes.fire();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) return this.states();
    if (node.kind === "state") return node.tickets.map((ticket) => ({ kind: "ticket", ticket }));
    if (node.kind === "ticket") {
      return node.ticket.requirements.map((requirement) => ({ kind: "requirement", requirement }));
    }
    return node.kind === "requirement" ? node.requirement.places.map((place) => ({ kind: "place", ...place })) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "state": {
        const item = new vscode.TreeItem(node.state || "no state", vscode.TreeItemCollapsibleState.Expanded);
        item.description = String(node.tickets.length);
        return item;
      }
      case "ticket":
        return ticketItem(node.ticket);
      case "requirement": {
        const { requirement } = node;
        const open = requirement.places.length > 0;
        const item = new vscode.TreeItem(requirement.id, vscode.TreeItemCollapsibleState[open ? "Collapsed" : "None"]);
        item.description = requirement.covered ? "covered" : "not covered";
        item.iconPath = new vscode.ThemeIcon(requirement.covered ? "pass" : "circle-large-outline");
        return item;
      }
      case "place": {
        const item = new vscode.TreeItem(vscode.Uri.parse(node.uri));
        item.description = `line ${node.line}`;
        item.command = { title: "Open", command: "aifirst.openPlace", arguments: [node.uri, node.line] };
        return item;
      }
    }
  }

  private async states(): Promise<Node[]> {
    if (!this.session.running) return [];
    const answer = await this.session.askWhy("aifirst/tickets", {}); // nobody asked: why there are none is for the log
    if (typeof answer === "string") log.info(`No tickets: ${answer}`);
    const tickets = typeof answer === "string" ? [] : answer.tickets;
    const byState = new Map<string, Ticket[]>();
    for (const ticket of tickets) byState.set(ticket.state, [...(byState.get(ticket.state) ?? []), ticket]);
    return [...byState].map(([state, inState]) => ({ kind: "state", state, tickets: inState }));
  }
}

function ticketItem(ticket: Ticket): vscode.TreeItem {
  const covered = ticket.requirements.filter((each) => each.covered).length;
  const all = ticket.requirements.length;
  const item = new vscode.TreeItem(
    ticket.id ? `${ticket.id} ${ticket.title}` : ticket.title,
    all > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.description = all > 0 ? `${covered} of ${all} covered` : ticket.path;
  item.tooltip = `${ticket.path}:${ticket.line}`;
  item.iconPath = new vscode.ThemeIcon("note");
  item.command = { title: "Open", command: "aifirst.openPlace", arguments: [ticket.uri, ticket.line] };
  return item;
}
