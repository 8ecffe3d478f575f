// The AICCL view: the file as a model would be given it, at any resolution.

import * as vscode from "vscode";
import type { ServerSession } from "../serverSession";
import { activeSource } from "./activeSource";
import { MadeDocuments } from "./madeDocument";

const RESOLUTIONS = [
  { label: "exact", detail: "All logic; back to code by the parser alone." },
  { label: "medium", detail: "Interfaces, first lines of documentation, key lines of bodies." },
  { label: "low", detail: "Signature, flow, calls, effects and errors of every unit." },
  { label: "outline", detail: "Signatures." },
  { label: "meta", detail: "A diagram of modules and relations, public names." },
] as const;

export function registerAicclView(session: ServerSession): vscode.Disposable {
  const documents = new MadeDocuments(
    "aifirst-aiccl",
    async (source, resolution, token) => {
      const made = await session.ask("aifirst/aiccl", { uri: source.toString(), resolution }, token);
      if (!made) return undefined;
      const ratio = made.tokens > 0 ? (made.source_tokens / made.tokens).toFixed(1) : "–";
      const summary = `${resolution}: ${made.tokens} of ${made.source_tokens} tokens, ${ratio} times fewer`;
      return { text: made.text, lines: made.units.map(([line, sourceLine]) => [line, sourceLine] as const), language: undefined, summary };
    },
    session,
    ".aiccl",
  );
  return vscode.Disposable.from(
    documents,
    session.command("aifirst.aiccl", async () => {
      const source = activeSource(documents);
      const resolution = vscode.workspace.getConfiguration("aifirst").get<string>("aiccl.resolution", "low");
      if (source) await documents.open(source, resolution);
    }),
    session.command("aifirst.aicclResolution", async () => {
      const source = activeSource(documents);
      const chosen = await vscode.window.showQuickPick(RESOLUTIONS, { title: "Resolution" });
      if (source && chosen) await documents.open(source, chosen.label);
    }),
  );
}
