"""Getting at a Neo4j that is away, locked, encrypted, too old or no Neo4j: each is told with the next step."""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aifirst_memory.dependencies.neo4j import connection as connection_module
from aifirst_memory.dependencies.neo4j.address import (
    DATABASE_VARIABLE,
    PASSWORD_VARIABLE,
    USER_VARIABLE,
    Neo4jAddress,
    neo4j_address,
)
from aifirst_memory.dependencies.neo4j.failures import check_version
from aifirst_memory.dependencies.neo4j.graph_store import Neo4jGraph
from aifirst_memory.dependencies.neo4j.mirror import mirror
from aifirst_memory.dependencies.store import GraphStoreError, NoGraphError
from dependency_project import make_files
from dependency_samples import edges_of
from neo4j_server_process import PROGRAM, SMALL, Neo4jServer


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Neo4jServer, Path]]:
    """A server that speaks TLS only, with a certificate that nobody knows, and is not written."""
    folder = tmp_path_factory.mktemp("guarded")
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate of this test, and it is missing")
    certificate = folder / "public.crt"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    request += ["-keyout", str(folder / "private.key"), "-out", str(certificate)]
    request += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    subprocess.run(request, check=True, capture_output=True)
    options = (*SMALL, f"-Dcertificates={folder}", "-Dreadonly=true")
    with Neo4jServer(folder / "home", options=options) as started:
        yield started, certificate


def _at(server: Neo4jServer, scheme: str, port: str = "") -> Neo4jAddress:
    host, _, own = server.url.partition("//")[2].partition(":")
    return dataclasses.replace(server.address, url=f"{scheme}://{host}:{port or own}")


@contextmanager
def _answering(reply: bytes) -> Generator[int]:
    """A port where something answers to every greeting with the same bytes, and ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    accepted, _ = listening.accept()
                    with accepted:
                        accepted.recv(1024)
                        accepted.sendall(reply)

        pool.submit(answer)
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("scheme", ["bolt+ssc", "neo4j+ssc"])
def test_any_certificate_does_where_that_is_asked_for(scheme: str, guarded: tuple[Neo4jServer, Path]) -> None:
    with pytest.raises(NoGraphError):
        Neo4jGraph(_at(guarded[0], scheme), "any")


@pytest.mark.parametrize("scheme", ["bolt+s", "neo4j+s"])
def test_a_certificate_of_an_authority_that_is_known_does(
    scheme: str, guarded: tuple[Neo4jServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, certificate = guarded
    address = _at(server, scheme)
    with pytest.raises(GraphStoreError, match=r"not to be trusted .* SSL_CERT_FILE, or write \w+\+ssc://127"):
        Neo4jGraph(address, "any")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(NoGraphError):
        Neo4jGraph(address, "any")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_server_that_wants_tls_is_told_from_one_that_is_away(
    scheme: str, guarded: tuple[Neo4jServer, Path]
) -> None:
    with pytest.raises(GraphStoreError, match=rf"if it wants TLS, write {scheme}\+s://127\.0\.0\.1:\d+, or"):
        Neo4jGraph(_at(guarded[0], scheme), "any")


@pytest.mark.parametrize("scheme", ["bolt+s", "bolt+ssc", "neo4j+ssc"])
def test_a_server_without_tls_is_told(scheme: str, server: Neo4jServer) -> None:
    with pytest.raises(GraphStoreError, match=r"does not speak TLS: write (bolt|neo4j)://127\.0\.0\.1"):
        Neo4jGraph(_at(server, scheme), "any")


def test_the_address_of_a_cluster_does_for_one_server(server: Neo4jServer) -> None:
    graph = edges_of(51, 100)
    mirror(graph, _at(server, "neo4j"), "routed")
    with Neo4jGraph(_at(server, "neo4j"), "routed") as theirs:
        assert sum(theirs.whole().counts) == len(graph.edges)


def test_a_database_that_is_not_written_is_told_and_can_be_asked(guarded: tuple[Neo4jServer, Path]) -> None:
    address = _at(guarded[0], "bolt+ssc")
    with pytest.raises(GraphStoreError, match=r"may not write .* `--no-update`"):
        mirror(edges_of(51, 100), address, "any")
    with pytest.raises(NoGraphError):
        Neo4jGraph(address, "any")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (b"\0\0\0\0", "too old a one: use Neo4j 5.1 or newer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is no Neo4j"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "port of web pages: write that of Bolt"),
    ],
)
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_what_is_no_neo4j_or_too_old_a_one_is_told(
    scheme: str, reply: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_RETRY_SECONDS", 3.0)
    with _answering(reply) as port, pytest.raises(GraphStoreError, match=told):
        Neo4jGraph(neo4j_address(f"{scheme}://127.0.0.1:{port}", {}), "any")


def test_who_is_not_let_in_is_told_what_to_set(server: Neo4jServer) -> None:
    wrong = dataclasses.replace(server.address, password="another")
    with pytest.raises(GraphStoreError, match=f"set {USER_VARIABLE} and {PASSWORD_VARIABLE}") as error:
        Neo4jGraph(wrong, "any")
    assert "another" not in str(error.value)
    assert "another" not in repr(wrong)


def test_a_server_that_is_away_is_told_with_the_next_step(unused_port: int) -> None:
    with pytest.raises(GraphStoreError, match=r"does not answer .* see that it runs"):
        Neo4jGraph(neo4j_address(f"bolt://127.0.0.1:{unused_port}", environment={}), "any")


def test_a_database_that_is_not_there_is_named(server: Neo4jServer) -> None:
    with pytest.raises(GraphStoreError, match="has no database nowhere"):
        Neo4jGraph(dataclasses.replace(server.address, database="nowhere"), "any")


@pytest.mark.parametrize("agent", ["Neo4j/4.4.12", "Neo4j/3.5.0", "Neo4j/5.0.0"])
def test_an_old_server_is_refused(agent: str) -> None:
    with pytest.raises(GraphStoreError, match=r"too old: use Neo4j 5.1 or newer"):
        check_version(agent)
    check_version("Neo4j/5.1.0")
    check_version("Neo4j/2025.01.0")


@pytest.mark.parametrize("url", ["http://host", "bolt://", "host:7687", "bolt://host:port", "neo4j+x://host"])
def test_what_is_no_address_of_neo4j_is_refused(url: str) -> None:
    with pytest.raises(GraphStoreError, match="write it as bolt://host:7687"):
        neo4j_address(url, environment={})


def test_an_address_with_a_password_in_it_is_refused_without_showing_it() -> None:
    with pytest.raises(GraphStoreError, match=f"set {USER_VARIABLE}") as error:
        neo4j_address("bolt://me:word@host:7687", environment={})
    assert "word@" not in str(error.value)


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"])
def test_user_password_and_database_come_from_the_environment(scheme: str) -> None:
    environment = {USER_VARIABLE: "me", PASSWORD_VARIABLE: "word", DATABASE_VARIABLE: "books"}
    address = neo4j_address(f"{scheme}://host:7687", environment)
    assert (address.user, address.password, address.database) == ("me", "word", "books")


def test_without_the_driver_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str, *arguments: Any) -> Any:
        if name == "neo4j":
            raise ImportError(name)
        return real(name, *arguments)

    real: Callable[..., Any] = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(GraphStoreError, match=r"pip install 'aifirst\[neo4j\]'"):
        Neo4jGraph(neo4j_address("bolt://host", environment={}), "any")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project; the `.git` keeps settings of folders further up out."""
    root = tmp_path_factory.mktemp("project")
    (root / ".git").mkdir()
    return make_files(
        root, {"a.py": "from b import g\n\ndef f():\n    g()\n", "b.py": "def g():\n    pass\n"}
    )


def _command(project: Path, url: str, **variables: str) -> tuple[int, str]:
    """The exit status of `aifirst index --graph` and what it said on standard error."""
    environment = {**os.environ, "NO_COLOR": "1", "AIFIRST_GRAPH_PROJECT": "command", **variables}
    command = [PROGRAM, "index", "--graph", url]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


def test_the_command_tells_the_next_step_and_ends_with_2(
    project: Path, server: Neo4jServer, guarded: tuple[Neo4jServer, Path], unused_port: int
) -> None:
    password = {PASSWORD_VARIABLE: server.address.password}
    assert _command(project, server.url, **password) == (0, "")
    for url, variables, told in (
        (server.url, {PASSWORD_VARIABLE: "wr0ng"}, f"set {USER_VARIABLE} and {PASSWORD_VARIABLE}"),
        (server.url, {PASSWORD_VARIABLE: ""}, f"set {USER_VARIABLE} and {PASSWORD_VARIABLE}"),
        (server.url, password | {DATABASE_VARIABLE: "nowhere"}, "has no database nowhere: make it"),
        (f"bolt://127.0.0.1:{unused_port}", password, "see that it runs"),
        (_at(guarded[0], "bolt+s").url, password, "name its authority's file in SSL_CERT_FILE"),
        (_at(guarded[0], "bolt+ssc").url, password, "may not write"),
        ("bolt://me:word@localhost", password, f"leave them out and set {USER_VARIABLE}"),
    ):
        code, said = _command(project, url, **variables)
        assert (code, said.count("\n"), told in said) == (2, 1, True), said
        assert "wr0ng" not in said
        assert "word@" not in said
