"""Which files of a project can be the answer: source files of a programming language that are no tests.

One rule serves both sides, the changed files that are the answer and the candidates that are ranked, so
no ranker is asked for a file it was not given. Only the path decides. Left out are tests, documentation,
examples, benchmarks, vendored code, build output and generated or minified files,
and settings of tools.
"""

from __future__ import annotations

import re

LANGUAGE_OF_EXTENSION = {
    "py": "python",
    "js": "javascript",
    "jsx": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "ts": "typescript",
    "tsx": "typescript",
    "mts": "typescript",
    "cts": "typescript",
    "go": "go",
    "java": "java",
    "rs": "rust",
    "c": "c",
    "h": "c",
    "cpp": "cpp",
    "cc": "cpp",
    "hpp": "cpp",
    "cs": "csharp",
    "php": "php",
    "rb": "ruby",
    "kt": "kotlin",
}

_TEST_FOLDERS = re.compile(
    r"""(?:^|/)(?:
        t | tests? | tests?[-_][^/]* | [^/]*[-_]tests? | testing | testdata | __tests__ | __mocks__ | specs? | fixtures?
    )/""",
    re.VERBOSE | re.IGNORECASE,
)
_TEST_NAMES = re.compile(
    r"""(?:^|/)(?:
        test_[^/]*\.py | conftest\.py | tests?\.(?:py|rs)
        | [^/]*_tests?\.(?:go|py|rb|rs|c|cc|cpp) | [^/]*[._-](?:tests?|spec|test-d)\.[cm]?[jt]sx? | [^/]*_spec\.rb
        | [^/]*[a-z0-9](?:Test|Tests|TestCase|IT)\.(?:java|kt|cs|php)
    )$""",
    re.VERBOSE,
)
_OTHER_FOLDERS = re.compile(
    r"""(?:^|/)(?:
        docs? | documentation | website | www | site | examples? | demos? | samples? | playground
        | benchmarks? | bench | benches | [^/]*[-_]bench
        | vendor | vendored | _vendor | third_party | node_modules | deps | dist
    )/""",
    re.VERBOSE | re.IGNORECASE,
)
_OTHER_NAMES = re.compile(
    r"""(?:^|/)(?:
        [^/]*[._-]bench\.[cm]?[jt]sx? | [^/]*\.conf(?:ig)?\.[cm]?[jt]s | Gruntfile\.js | gulpfile\.js
        | (?:noxfile|setup)\.py
        | [^/]*\.min\.[cm]?js | [^/]*\.bundle\.js | [^/]*\.pb\.go | [^/]*_pb2\.py
    )$""",
    re.VERBOSE,
)


def language_of(path: str) -> str | None:
    """The programming language that the extension of a path stands for, or None."""
    name = path.rpartition("/")[2]
    return LANGUAGE_OF_EXTENSION.get(name.rpartition(".")[2]) if "." in name else None


def is_test_file(path: str) -> bool:
    """Whether a path is that of a test, or of what tests read, in whatever language."""
    return bool(_TEST_FOLDERS.search(path) or _TEST_NAMES.search(path))


def is_source_file(path: str) -> bool:
    """Whether a path, relative to the root of its project and with slashes, can be the answer to a query."""
    if language_of(path) is None or is_test_file(path):
        return False
    return not _OTHER_FOLDERS.search(path) and not _OTHER_NAMES.search(path)
