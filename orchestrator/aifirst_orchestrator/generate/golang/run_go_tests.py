"""Runs generated tests of Go in the sandbox with `go test`, a program for each package.

A file of ours in the package runs each test within one of its own and writes how it ended behind a word that is drawn
for this run and read before anything else happens. Its names are drawn too, so that a unit of the same package cannot
name them. A program that ends itself with status 0 has passed nothing, and what it prints is no verdict. Code that
goes looking through the memory of its own process could still cheat, as in Python: it harms nobody, and the suite is
run again by its person.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from aifirst_orchestrator.generate.golang.go_tools import Go, build_own_packages, find_go
from aifirst_orchestrator.generate.golang.go_tree import imports
from aifirst_orchestrator.generate.golang.judge_go_tests import tests_in
from aifirst_orchestrator.generate.languages.code_tree import tree_of
from aifirst_orchestrator.generate.test_run import TestRun, believe, join_runs, shortened
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.sandbox.programs import visible_program

_NOT_BUILT = 97
"""The status where the package cannot be built: a program that ends with it has passed nothing either."""
_RUNNER = """\
package @package@

import (
	@bufio@ "bufio"
	@os@ "os"
	@strings@ "strings"
	@testing@ "testing"
)

var @told@ = map[string]string{}

func @each@(t *@testing@.T, key, name string, run func(*@testing@.T)) {
	t.Run(name, func(t *@testing@.T) {
		returned := false
		t.Cleanup(func() {
			how := "passed"
			if t.Failed() || !returned && !t.Skipped() {
				how = "failed"
			} else if t.Skipped() {
				how = "skipped"
			}
			@told@[key] = how
		})
		run(t)
		returned = true
	})
}

func Test@all@(t *@testing@.T) {
@calls@}

func TestMain(m *@testing@.M) {
	out := @os@.Stdout
	word, _ := @bufio@.NewReader(@os@.Stdin).ReadString('\\n')
	status := m.Run()
	var text @strings@.Builder
	for key, how := range @told@ {
		if text.Len() > 0 {
			text.WriteString(",")
		}
		text.WriteString("\\"" + key + "\\":\\"" + how + "\\"")
	}
	out.WriteString("\\n" + @strings@.TrimSpace(word) + "{" + text.String() + "}\\n")
	@os@.Exit(status)
}
"""
# Go takes no go.mod from the temporary folder itself, which the working folder may be: so that is another one.
_SCRIPT = (
    'read -r word; export TMPDIR="$TMPDIR/aifirst.tmp"; mkdir -p "$TMPDIR"; out="$TMPDIR/aifirst.test"; '
    '"$1" test -c -vet=off -ldflags="-s -w" -o "$out" "./$2" || exit 97; '
    'cd "./$2" && printf "%s\\n" "$word" | "$out" -test.run "^Test$3\\$" -test.timeout 0'
)
_WITHOUT_MARKS = re.compile(r"TestAifirst[0-9a-f]{24}/")
_TRACE = re.compile(
    r"goroutine \d+ \[|created by |panic\(|\s*(?:\S*/)?(?:testing|runtime)[./(]|\s+testing/|.*[Aa]ifirst[0-9a-f]{24}"
)
"""Lines of a trace that are not of the project's files."""
_WITHOUT_PLACES = re.compile(
    r"\((?:0x[0-9a-f]+\??[, ]*|\{0x[^}]*\}[, ]*|\.\.\.)+\)| \+0x[0-9a-f]+$", re.MULTILINE
)
_WITHOUT_TIMES = re.compile(r" \(\d+\.\d\ds\)")


def run_go_tests(
    sandbox: Sandbox,
    files: Mapping[str, str],
    tests: Mapping[str, Sequence[str]],
    seconds: float,
    memory: int,
) -> TestRun:
    """Run test files of a small module; `tests` names in each the tests that have to pass."""
    is_here = sandbox.name in ("bubblewrap", "unsafe")
    go = find_go() if is_here else Go("go", Path("/usr/local/go"), Path("/tmp/go-build"), "", 0)  # noqa: S108  in its container
    if is_here:
        build_own_packages(go, _imported(files))
    packages: dict[str, dict[str, Sequence[str]]] = {}
    for path, names in tests.items():
        packages.setdefault(str(PurePosixPath(path).parent), {})[path] = names
    runs = [
        _run_package(sandbox, go, files, folder, own, seconds, memory) for folder, own in packages.items()
    ]
    return join_runs(runs)


def _imported(files: Mapping[str, str]) -> set[str]:
    """The packages that the files of Go import."""
    return {
        one.path
        for path, text in files.items()
        if path.endswith(".go")
        for one in imports(tree_of("go", text))
    }


def _run_package(
    sandbox: Sandbox,
    go: Go,
    files: Mapping[str, str],
    folder: str,
    tests: Mapping[str, Sequence[str]],
    seconds: float,
    memory: int,
) -> TestRun:
    word, mark = secrets.token_hex(16), secrets.token_hex(12)
    is_here = sandbox.name in ("bubblewrap", "unsafe")
    inside = [
        path for path in files if path.endswith("_test.go") and str(PurePosixPath(path).parent) == folder
    ]
    named = {path: [one.name for one in tests_in(tree_of("go", files[path]))] for path in inside}
    runner = str(PurePosixPath(folder) / "aifirst_verdicts_test.go")
    text = _runner(_package_of(files, inside), mark, named)
    environment = go.settings() if is_here else {"GOFLAGS": "-mod=mod", "GOPROXY": "off"}
    outcome = sandbox.run(
        Job(
            command=("sh", "-c", _SCRIPT, "sh", go.program, folder, f"Aifirst{mark}"),
            files={path: text.encode() for path, text in {**files, runner: text}.items()},
            visible=(*visible_program(go.program), go.cache) if is_here else (),
            environment=environment,
            stdin=f"{word}\n".encode(),
            limits=Limits(
                wall_seconds=seconds,
                cpu_seconds=seconds,
                memory_bytes=max(memory, 512 << 20),
                disk_bytes=256 << 20,
                processes=256,
            ),
        )
    )
    if outcome.status == _NOT_BUILT:
        return believe(outcome, word, tests, _shown, "the package cannot be built")
    return believe(outcome, word, tests, _shown)


def _package_of(files: Mapping[str, str], inside: Sequence[str]) -> str:
    """The name of the package, as its files of tests say it."""
    tree = tree_of("go", files[inside[0]])
    clause = next(one for one in tree.root.named_children if one.type == "package_clause")
    return tree.text(clause.named_children[0])


def _runner(package: str, mark: str, named: Mapping[str, Sequence[str]]) -> str:
    """The file of ours in the package; `mark` is in every name that it defines."""
    each = f"each{mark}"
    calls = "".join(
        f'\t{each}(t, "{path}::{name}", "{name}", {name})\n'
        for path, names in named.items()
        for name in names
    )
    text = _RUNNER.replace("@calls@", calls).replace("@package@", package).replace("@all@", f"Aifirst{mark}")
    for name in ("bufio", "os", "strings", "testing", "told", "each"):
        text = text.replace(f"@{name}@", f"{name}{mark}")
    return text


def _shown(printed: str) -> str:
    """The end of what was printed, without what the runner and the go command say of themselves."""
    skipped = ("FAIL", "PASS", "ok  ", "exit status ", "--- FAIL: TestAifirst", "# ")
    lines = [line.rstrip() for line in printed.split("\n") if line.strip() and not line.startswith(skipped)]
    named = [_WITHOUT_MARKS.sub("", line) for line in lines if "aifirst_verdicts_test.go" not in line]
    text = "\n".join(line for line in named if not _TRACE.match(line))
    return shortened(_WITHOUT_TIMES.sub("", _WITHOUT_PLACES.sub("", text)))


def require_go() -> None:
    """Raise `NoTestRunnerError` where there is no Go."""
    find_go()
