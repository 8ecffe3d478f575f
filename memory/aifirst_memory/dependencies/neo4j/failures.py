"""What to tell a person when Neo4j or its driver fails: what is the matter, and the next step."""

from __future__ import annotations

import re
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final

from aifirst_memory.dependencies.neo4j.address import (
    DATABASE_VARIABLE,
    PASSWORD_VARIABLE,
    USER_VARIABLE,
    Neo4jAddress,
)
from aifirst_memory.dependencies.store import GraphStoreError

_OLDEST: Final = (5, 1)
"""The first release of 5; a test of both stores, run against it by hand, passes."""
_AGENT: Final = re.compile(r"Neo4j/(\d+)\.(\d+)")
_NO_VERSION: Final = {"UnsupportedServerProduct", "BoltHandshakeError"}
"""What the drivers call a server that speaks none of their versions of the protocol."""
_READ_ONLY: Final = ("ReadOnly", "Security.Forbidden")
_AGAIN: Final = "run it again; what was written stays"


def check_version(agent: str) -> None:
    """Raise `GraphStoreError` for a server that is too old, by the name it gives itself."""
    found = _AGENT.match(agent)
    if found and (int(found[1]), int(found[2])) < _OLDEST:
        raise GraphStoreError(f"{agent.replace('/', ' ')} is too old: use Neo4j 5.1 or newer, best 5.26")


@contextmanager
def told_errors(address: Neo4jAddress) -> Generator[None]:
    """Turn what the driver raises into `GraphStoreError`s that say the next step."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except Neo4jError as error:
        raise GraphStoreError(_refused(error.code or "", error.message or "", address)) from error
    except (DriverError, OSError) as error:
        raise GraphStoreError(_failed(error, address)) from error


def _refused(code: str, message: str, address: Neo4jAddress) -> str:
    """What the server itself said, in our words where we know it."""
    if "DatabaseNotFound" in code:
        return (
            f"Neo4j at {address.url} has no database {address.database}: make it, or name another in"
            f" {DATABASE_VARIABLE}"
        )
    if "CredentialsExpired" in code:
        return f"the password of {address.user} at {address.url} has to be changed first: do it in Neo4j's browser"
    if "Security" in code and "Forbidden" not in code:
        return f"Neo4j at {address.url} does not let {address.user} in: set {USER_VARIABLE} and {PASSWORD_VARIABLE}"
    if any(part in code for part in _READ_ONLY):
        return (
            f"{address.user} may not write to the database at {address.url}: let it, or ask what is there with"
            " `--no-update`"
        )
    if "TransientError" in code or "DatabaseUnavailable" in code:
        return f"Neo4j at {address.url} is not able to at the moment ({message.rstrip('.')}): {_AGAIN}"
    return f"Neo4j refused: {code}: {message}"


def _failed(error: BaseException, address: Neo4jAddress) -> str:
    """What became of a connection."""
    scheme = address.url.partition(":")[0]
    plain = scheme.partition("+")[0]
    rest = address.url.removeprefix(scheme)
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"the certificate of Neo4j at {address.url} is not to be trusted ({cause.verify_message}): name its"
                f" authority's file in SSL_CERT_FILE, or write {plain}+ssc{rest} to trust any certificate"
            )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"Neo4j at {address.url} does not speak TLS: write {plain}{rest}, or turn TLS on in the server"
    said = " ".join(map(str, causes))
    if "looks like HTTP" in said:
        return (
            f"{address.url} is the port of web pages: write that of Bolt, which is 7687 unless it was changed"
        )
    if any(type(cause).__name__ in _NO_VERSION for cause in causes):
        return (
            f"what answers at {address.url} is no Neo4j, or too old a one: use Neo4j 5.1 or newer, best 5.26"
        )
    if "incomplete handshake" in said and scheme == plain:
        return (
            f"Neo4j at {address.url} ends the connection at once: if it wants TLS, write {plain}+s{rest}, or"
            f" {plain}+ssc{rest} to trust any certificate"
        )
    return f"Neo4j does not answer at {address.url}: see that it runs and that the address is right, then {_AGAIN}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it came from: the driver groups and chains them."""
    while error is not None:
        yield error
        for one in getattr(error, "exceptions", ()):
            yield from _causes(one)
        error = error.__cause__
