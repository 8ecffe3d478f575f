"""Starts the real Neo4j of `tests/neo4j_server` for a test, and ends it as a power cut would."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Self

import pytest
from aifirst_memory.dependencies.neo4j.address import PASSWORD_VARIABLE, Neo4jAddress, neo4j_address

_SOURCES = Path(__file__).parents[1] / "neo4j_server"
_PASSWORD = "a password of tests"
_START_SECONDS = 120
PROGRAM = Path(sys.executable).with_name("aifirst")
SMALL = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dsmall=true")
"""A server for tests: it starts sooner, and leaves the machine to others."""
DEFAULT = ("-XX:+UseG1GC",)
"""A server as it is installed: a quarter of the memory as heap, half of the rest for pages."""


class Neo4jServer:
    """A server on a free port, with its data in a folder that outlives it."""

    def __init__(self, home: Path, *, lives: int = 600, options: tuple[str, ...] = SMALL) -> None:
        command = ["java", *options, "-cp", _classpath()]
        command += [str(_SOURCES / "Neo4jServer.java"), str(home), _PASSWORD, str(lives)]
        self._errors = home.with_name(home.name + ".log").open("w+b")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        lines: list[str] = []
        reader = Thread(target=lambda: lines.append(self._read_port()), daemon=True)
        reader.start()
        reader.join(_START_SECONDS)
        if not lines or not lines[0].startswith("port "):
            self.kill()
            raise AssertionError(f"Neo4j did not start: see {self._errors.name}")
        self.url = f"bolt://127.0.0.1:{lines[0].split()[1]}"

    def _read_port(self) -> str:
        assert self._process.stdout is not None
        return next((line for line in self._process.stdout if line.startswith("port ")), "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it at once: whoever looks at its data later finds what was committed."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream is not None
            stream.close()

    def cpu_seconds(self) -> float:
        """What its process has taken so far, by the kernel's account (Linux)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def address(self) -> Neo4jAddress:
        """Where it is, with its password."""
        return neo4j_address(self.url, environment={PASSWORD_VARIABLE: _PASSWORD})


def _classpath() -> str:
    """What the server runs on, from Maven's own store, fetched where it is not there yet; skips where it cannot be."""
    if not shutil.which("java") or not shutil.which("mvn"):
        pytest.skip("Java and Maven start the Neo4j of these tests, and one of them is missing")
    pom = _SOURCES / "pom.xml"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aifirst-tests"
    known = cache / f"neo4j-{hashlib.sha256(pom.read_bytes()).hexdigest()[:16]}.classpath"
    if known.is_file() and all(Path(jar).is_file() for jar in known.read_text().split(":")):
        return known.read_text()
    cache.mkdir(parents=True, exist_ok=True)
    maven = ["mvn", "-q", "-B", "-f", str(pom), "dependency:build-classpath", f"-Dmdep.outputFile={known}"]
    for command in ([*maven[:2], "-o", *maven[2:]], maven):
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode == 0:
            return known.read_text()
    pytest.skip(f"Maven cannot fetch Neo4j: {done.stdout[-300:]}")
