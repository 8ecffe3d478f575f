"""What part a file plays in its project, by its path and language: code, test, document, example, data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # NumPy takes a tenth of a second to import, and the graph asks for paths alone
    import numpy as np
    from numpy.typing import NDArray

    from aifirst_memory.file_table import FileTable

CODE: Final = 0
TEST: Final = 1
EXAMPLE: Final = 2
DOCUMENT: Final = 3
DATA: Final = 4
VENDORED: Final = 5
NAMES: Final = ("code", "test", "example", "document", "data", "vendored")

_ROLE = re.compile(
    r"""(?P<vendored>(?:^|/)(?:vendor|vendored|_vendor|third_party|node_modules|dist|deps)/|\.min\.[cm]?js$|\.pb\.go$|_pb2\.py$)
      |(?P<test>(?:^|/)(?:t|tests?|[^/]*[-_]tests?|tests?[-_][^/]*|testing|testdata|__tests__|__mocks__|specs?|fixtures?|e2e)/
               |(?:^|/)(?:test_[^/]*\.py|conftest\.py|tests?\.(?:py|rs))$
               |[._-](?:tests?|spec|test-d)\.[cm]?[jt]sx?$|_(?:tests?|spec)\.\w+$
               |[a-z0-9](?:Test|Tests|TestCase|IT)\.(?:java|kt|cs|php)$)
      |(?P<example>(?:^|/)(?:examples?|demos?|samples?|playground|benchmarks?|bench|benches|[^/]*[-_]bench)/)
      |(?P<document>(?:^|/)(?:docs?|documentation|website|www|site)/)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs)/|(?:^|/)test_|[._-](?:test|spec)\.\w+$|_test\.\w+$|Tests?\.\w+$"
)
"""What languages without a rule of their own above call tests, and tests of code that somebody else wrote."""
_BY_GROUP = {"vendored": VENDORED, "test": TEST, "example": EXAMPLE, "document": DOCUMENT}
_PROSE = frozenset({"markdown"})
_DATA = frozenset({"json", "yaml", "toml", "css", "html"})


def role_of(path: str, language: str) -> int:
    """One of the roles above."""
    found = _ROLE.search(path)
    if found is not None and found.lastgroup is not None:
        return _BY_GROUP[found.lastgroup]
    return DOCUMENT if language in _PROSE else DATA if language in _DATA else CODE


@lru_cache(maxsize=1 << 16)
def is_test_path(path: str) -> bool:
    """Whether a file is part of the tests, by its path: for the graphs, which have no other use for roles.

    Wider than the role: tests of vendored code are tests, and what a file of an unknown language is named counts.
    """
    return role_of(path, "") == TEST or _TEST_PATH.search(path) is not None


def roles_of(paths: Sequence[str], languages: Sequence[str]) -> NDArray[np.int8]:
    """The roles of files, in their order."""
    import numpy as np

    return np.fromiter(map(role_of, paths, languages), np.int8, len(paths))


def roles(files: FileTable) -> NDArray[np.int8]:
    """The roles of all files of a table; generated ones count as vendored."""
    found = roles_of(files.paths, files.languages)
    found[files.generated] = VENDORED
    return found
