// The requests that are aifirst's own, beside those of the Language Server Protocol. Positions are as there.

import type { Position, WorkspaceEdit } from "vscode-languageclient/node";

/** What the server answers where it cannot: what is wrong, and what to do next. */
export interface Refused {
  readonly error: { readonly message: string; readonly next?: string };
}

export interface Status {
  readonly version: string;
  readonly python: string;
  readonly indexed: boolean;
  readonly files: number;
  readonly units: number;
  readonly indexing: { readonly done: number; readonly total: number } | null;
  readonly trusted: boolean;
  readonly root: string;
  /** The preset of rules in force; empty while no file was judged. */
  readonly rules: string;
  /** Why the index cannot be read; empty where it can. */
  readonly problem: string;
  readonly model: string | null;
}

/** A place in the project as search and context tell it; lines start at 1. */
export interface Found {
  readonly path: string;
  readonly uri: string;
  readonly unit: string | null;
  readonly line: number;
  readonly end_line: number;
  readonly tokens: number;
  readonly reasons: readonly string[];
}

export interface SearchResult extends Found {
  readonly kind: string;
  readonly score: number;
}

export interface ContextItem extends Found {
  readonly resolution: string;
}

export interface Requirement {
  readonly id: string;
  readonly covered: boolean;
  readonly places: readonly { readonly uri: string; readonly line: number }[];
}

export interface Ticket {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly path: string;
  readonly uri: string;
  readonly line: number;
  readonly requirements: readonly Requirement[];
}

/** A unit of the graph and where it is; `line` from 1, of one that is gone where it was. */
export interface PlacedUnit {
  readonly id: string;
  readonly path: string;
  readonly uri: string;
  readonly line: number;
}

export interface ChangeImpact {
  /** The project's folder, where paths start. */
  readonly root: string;
  readonly changed: readonly PlacedUnit[];
  readonly gone: readonly PlacedUnit[];
  /** What depends on that, surest first; as many as are told of `total`. */
  readonly units: readonly (PlacedUnit & { readonly distance: number; readonly confidence: number })[];
  readonly total: number;
  /** As their runner takes them in the project's folder. */
  readonly tests: readonly { readonly id: string; readonly runner: string; readonly path: string }[];
  /** Units that are gone of which nobody knows what referred to them. */
  readonly unknown: readonly string[];
  /** Files that should have been looked at for what is gone, but would have taken too long. */
  readonly left: number;
}

/** Every request of aifirst's own: what it takes and what it gives. */
export interface Requests {
  "aifirst/status": { params: Record<string, never>; result: Status };
  "aifirst/index": { params: Record<string, never>; result: Record<string, never> };
  /** Of the project of a document, else of the first one; `root` is the folder that paths in the page start at. */
  "aifirst/graphPage": { params: { uri?: string }; result: { readonly html: string; readonly root: string } };
  "aifirst/impact": {
    params: { uri: string; position?: Position; id?: string; depth?: number };
    result: {
      readonly units: readonly {
        readonly id: string;
        readonly path: string;
        readonly uri: string;
        readonly line: number;
        readonly distance: number;
      }[];
      readonly tests: readonly string[];
      /** How many there are, of which the surest are in `units`. */
      readonly total: number;
    };
  };
  /** What changed since the last commit, texts that are not saved included, and what may break by that. */
  "aifirst/changeImpact": { params: { uri?: string }; result: ChangeImpact };
  "aifirst/compiled": {
    params: { uri: string; mode: string; minify?: boolean };
    result: {
      readonly text: string;
      readonly language: string;
      /** Line of the text, line of the source; lines start at 0. */
      readonly lines: readonly (readonly [number, number])[];
      readonly source_tokens: number;
      readonly tokens: number;
      readonly cautions: readonly { readonly line: number; readonly message: string }[];
    };
  };
  "aifirst/aiccl": {
    params: { uri: string; resolution: string };
    result: {
      readonly text: string;
      readonly source_tokens: number;
      readonly tokens: number;
      /** Line of the text, line of the source, id of the unit; lines start at 0. */
      readonly units: readonly (readonly [number, number, string])[];
    };
  };
  "aifirst/search": { params: { query: string; limit?: number }; result: { readonly results: readonly SearchResult[] } };
  "aifirst/context": {
    params: { uri?: string; position?: Position; query?: string; budget: number; resolution?: string };
    result: { readonly text: string; readonly tokens: number; readonly budget: number; readonly items: readonly ContextItem[] };
  };
  "aifirst/tickets": { params: Record<string, never>; result: { readonly tickets: readonly Ticket[] } };
  "aifirst/decompose": {
    params: { uri: string; position: Position };
    result: {
      readonly edit: WorkspaceEdit;
      readonly diff: string;
      readonly units: readonly { readonly name: string; readonly tokens: number }[];
    };
  };
}

export type Method = keyof Requests;

/** Where an answer says that it is none. */
export function isRefused(answer: unknown): answer is Refused {
  return typeof answer === "object" && answer !== null && "error" in answer;
}
