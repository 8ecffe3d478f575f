"""Runs generated tests of TypeScript or JavaScript in the sandbox with Node's own test runner.

A reporter of ours, loaded before anything that was generated, writes each outcome down behind a word that is drawn
for this run and read before the generated code is there. It answers Node alone, and once. What tests stand on
(assertions, the test functions, the methods of arrays, maps and the like) is made unchangeable first: a unit that
puts others in their place fails. A program that ends itself with status 0 has passed nothing. Code that looks through
the memory of its own process could still find the word, as in Python: it harms nobody, and the whole suite is run
again by its person.

TypeScript is run without its types, which our own parser takes out: any Node from version 20 on will do, and no package.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cache

from aifirst_orchestrator.generate.languages.code_tree import tree_of, walk
from aifirst_orchestrator.generate.script.erase_types import erase_types
from aifirst_orchestrator.generate.test_run import NoTestRunnerError, TestRun, believe, shortened
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.sandbox.programs import find_program, printed_by, visible_program

LEAST_NODE = 20
_RESERVED = 1 << 30
"""Bytes that Node 22 and later set aside for machine code when they start, which counts as if it were used."""
_TELL = "aifirst_tell.mjs"
_MAIN = "aifirst_run_tests.mjs"
_REPORTER = """\
import { readSync, writeSync } from "node:fs";
import { Readable } from "node:stream";
import assert from "node:assert";
import * as runner from "node:test";

const given = Buffer.alloc(64);
const word = given.toString("latin1", 0, readSync(0, given, 0, 64)).trim();
given.fill(0);
const { stringify } = JSON;
// Whoever changes `node:fs` changes what its imports mean; a constant stays.
const write = writeSync;
const told = Object.create(null);
const here = process.cwd() + "/";
let asked = false;

const kept = [
  assert, assert.strict, runner.default, runner.test, runner.it, runner.describe, runner.suite, runner.mock,
  Object, Array, Map, Set, String, Number, Boolean, Math, JSON, Promise, Reflect, RegExp, Date, Symbol, BigInt, Function,
];
const assigned = ["constructor", "toString", "valueOf", "toLocaleString", "toJSON", "length", "name"];
for (const one of kept) {
  if (one === undefined) continue;
  Object.freeze(one);
  const proto = typeof one === "function" ? one.prototype : undefined;
  for (const key of proto ? Reflect.ownKeys(proto) : []) {
    const found = Reflect.getOwnPropertyDescriptor(proto, key);
    // What objects of their own are commonly given stays assignable.
    if (!found.configurable || assigned.includes(key)) continue;
    if (proto === Object.prototype && key !== "hasOwnProperty") continue;
    const fixed = { configurable: false };
    if ("value" in found) fixed.writable = false;
    Reflect.defineProperty(proto, key, fixed);
  }
}
// What verdicts come through, and what leads to the insides of Node that write them.
for (const key of ["push", "unshift", "read", Symbol.asyncIterator]) {
  Reflect.defineProperty(Readable.prototype, key, { writable: false, configurable: false });
}
Reflect.defineProperty(process, "binding", { value: undefined, writable: false, configurable: false });
Object.freeze(Object.getPrototypeOf([][Symbol.iterator]()));
Object.freeze(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));

function set(path, name, how) {
  const key = path + "::" + name;
  const before = told[key];
  if (before === "failed" || (before === "skipped" && how === "passed")) return;
  told[key] = how;
}

function shown(error) {
  const text = String(error?.stack ?? error);
  return text.replaceAll("file://" + here, "").replaceAll(here, "");
}

export function broken(path, error) {
  set(path, path, "failed");
  write(1, path + " cannot be loaded:\\n" + shown(error) + "\\n");
}

export const isAsked = () => asked;

// Called once, by Node, before anything generated is loaded: whoever calls it later is told nothing.
// An arrow, because Node would make an object of what can be called with `new`.
const tell = (source) => {
  if (asked) return [];
  asked = true;
  return follow(source);
};
export default tell;

async function* follow(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const error = data.details?.error;
    if (type === "test:fail") write(1, "failed: " + data.name + "\\n" + shown(error?.cause ?? error) + "\\n");
    if (data.nesting > 0) continue;
    const path = String(data.file).replace("file://", "").replace(here, "").replace(/\\.ts\\.mjs$/, ".ts");
    const isOut = data.skip !== undefined || data.todo !== undefined;
    set(path, data.name, type === "test:fail" ? "failed" : isOut ? "skipped" : "passed");
  }
  write(1, "\\n" + word + stringify(told) + "\\n");
  yield "";
}
"""
_RUNNER = """\
import test from "node:test";
import { broken, isAsked } from "./aifirst_tell.mjs";

test("aifirst", () => undefined);
while (!isAsked()) await new Promise(setImmediate);
for (const [path, file] of JSON.parse(process.argv[2])) {
  try {
    await import("./" + file);
  } catch (error) {
    broken(path, error);
  }
}
"""
_PLACE = re.compile(r"^\s+at (?:.*\()?(?:node:|.*aifirst_(?:tell|run_tests)\.mjs)")


def find_node() -> str:
    """The program that is Node, itself and not what starts it. Raises `NoTestRunnerError` for none, or an old one."""
    found = find_program("node")
    if found is None:
        raise NoTestRunnerError(
            f"there is no Node, which tests TypeScript and JavaScript: install Node {LEAST_NODE} or later, "
            "so that `node --version` says it"
        )
    version, program = _told_by(found)
    if version < LEAST_NODE:
        raise NoTestRunnerError(f"{found} is Node {version}: install Node {LEAST_NODE} or later")
    return program


@cache
def _told_by(program: str) -> tuple[int, str]:
    """The version, 0 for none, and the place: what is found may be a script that chooses among several."""
    told = re.match(
        r"v(\d+)\.\S* (/.+)", printed_by((program, "-p", "process.version + ' ' + process.execPath"))
    )
    return (int(told[1]), told[2]) if told else (0, program)


def run_script_tests(
    sandbox: Sandbox,
    files: Mapping[str, str],
    tests: Mapping[str, Sequence[str]],
    seconds: float,
    memory: int,
) -> TestRun:
    """Run test files of a small project; `tests` names in each the tests that have to pass."""
    word = secrets.token_hex(16)
    is_here = sandbox.name in ("bubblewrap", "unsafe")
    program = find_node() if is_here else "node"
    laid = {_runs_as(path): _runnable(path, text).encode() for path, text in files.items()}
    if "package.json" not in laid:
        laid["package.json"] = b'{"type":"module"}\n'
    order = "[" + ",".join(f'["{path}","{_runs_as(path)}"]' for path in tests) + "]"
    outcome = sandbox.run(
        Job(
            command=(
                program, "--no-warnings", f"--max-old-space-size={memory // (2 << 20)}", "--import", f"./{_TELL}",
                f"--test-reporter=./{_TELL}", "--test-reporter-destination=stdout", _MAIN, order,
            ),
            files={**laid, _TELL: _REPORTER.encode(), _MAIN: _RUNNER.encode()},
            visible=visible_program(program) if is_here else (),
            environment={"NO_COLOR": "1", "NODE_DISABLE_COLORS": "1", "TZ": "UTC"},
            stdin=f"{word}\n".encode(),
            limits=Limits(wall_seconds=seconds, cpu_seconds=seconds, memory_bytes=memory + _RESERVED),
        )
    )  # fmt: skip
    return believe(outcome, word, tests, _shown)


def _runs_as(path: str) -> str:
    """What a file is called while it runs: Node takes JavaScript by its ending."""
    return f"{path}.mjs" if path.endswith((".ts", ".mts")) else path


def _runnable(path: str, text: str) -> str:
    """The file as Node runs it: without types, importing other files of TypeScript as what they run as."""
    if not path.endswith((".ts", ".mts", ".js", ".mjs")):
        return text
    language = "typescript" if path.endswith((".ts", ".mts")) else "javascript"
    tree = tree_of(language, text)
    erased = erase_types(tree).encode() if language == "typescript" else text.encode()
    out = bytearray()
    at = 0
    for node in walk(tree.root):
        is_source = node.parent is not None and node.parent.type in ("import_statement", "export_statement")
        if node.type == "string" and is_source and tree.text(node)[1:-1].endswith((".ts", ".mts")):
            end = node.end_byte - 1
            if erased[node.start_byte : end].strip():
                out += erased[at:end] + b".mjs"
                at = end
    return (bytes(out) + erased[at:]).decode("utf-8", "replace")


def _shown(printed: str) -> str:
    """The end of what was printed, without places in Node itself and in the runner."""
    lines = [line.rstrip() for line in printed.split("\n") if line.strip() and not _PLACE.match(line)]
    return shortened("\n".join(lines).replace(".ts.mjs", ".ts"))
