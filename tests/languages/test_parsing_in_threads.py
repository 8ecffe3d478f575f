"""A language may be read by several threads at the same time, as generation judges several units at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, threading
from pathlib import Path
from aifirst_codebase.languages.registry import language_named

sys.setswitchinterval(1e-6)  # threads change places within a parse, which they else seldom do
language = language_named("python")
texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).glob("*.py"))]
wanted = [str(language.parse(text).root_node) for text in texts]
found = []


def read():
    found.append([str(language.parse(text).root_node) for _ in range(6) for text in texts])


threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(found), all(one == wanted * 6 for one in found))
"""


def test_threads_that_parse_at_the_same_time_do_not_meet(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root / "codebase/aifirst_codebase/languages")],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "4 True\n"), done.stderr
