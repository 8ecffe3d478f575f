"""A signal that comes while C code is at work, which makes an error of its own of it, still is that signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from aifirst_codebase.interruption import interruption_in
from command_run import Write, environment

COMPILING = """
import os, re, sys
compile_anything = re.compile
number = int(sys.argv.pop())

def compile_and_be_told(*arguments, **options):
    if "BENCHMARK" in str(arguments[0]):  # tree-sitter compiles it, for a query of C++
        os.kill(os.getpid(), number)
    return compile_anything(*arguments, **options)

re.compile = compile_and_be_told
from aifirst_cli.main import main
main()
"""

ELSEWHERE = """
import os, sys
from aifirst_cli import main as program
number = int(sys.argv.pop())

def run(**_):
    try:
        os.kill(os.getpid(), number)
    except BaseException as interruption:
        raise ValueError("made of it") from interruption

program.cli.main = run
program.main()
"""


@pytest.mark.parametrize("script", [COMPILING, ELSEWHERE], ids=["compiling a query", "elsewhere"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_the_program_as_that_signal_does(
    folder: Path, write: Write, script: str, number: signal.Signals, code: int
) -> None:
    write("a.cpp", "int main() { return 0; }\n")
    done = subprocess.run(
        [sys.executable, "-c", script, "validate", "--no-cache", "-j1", str(int(number))],
        cwd=folder, capture_output=True, text=True, env=environment(), timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, "bug" in done.stderr) == (code, False), done.stderr
    assert ("Interrupted." in done.stderr) is (number == signal.SIGINT)


def test_an_error_of_its_own_has_no_interruption_in_it() -> None:
    own = ValueError("own")
    own.__cause__ = KeyError("other")
    own.__cause__.__context__ = own
    assert interruption_in(own) is None
    ended = SystemExit(143)
    own.__context__ = ended
    assert interruption_in(own) is ended
