"""Which paths are tests, by the naming rules of the common test runners."""

from __future__ import annotations

import re

_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|specs?|e2e)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$"
    r"|(?:^|/)[^/]*(?:_test|_spec|[.-]test|[.-]spec)\.[A-Za-z]+$"
    r"|(?:^|/)[^/]*(?:Tests?|Spec|IT)\.(?:java|kt|cs|scala|php)$"
)


def is_test_path(path: str) -> bool:
    """Whether a file at this path is a test or belongs to tests (fixtures beside them)."""
    return _TEST_PATH.search(path) is not None and not path.endswith((".md", ".rst"))
