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

_FOLDERS = re.compile(
    r"""(?:^|/)(?:
        t | tests? | tests?[-_][^/]* | [^/]*[-_]tests? | testing | testdata | __tests__ | __mocks__ | specs? | fixtures?
        | docs? | documentation | website | www | site | examples? | demos? | samples? | playground
        | benchmarks? | bench | benches | [^/]*[-_]bench
        | vendor | vendored | _vendor | third_party | node_modules | deps | dist
    )/""",
    re.VERBOSE | re.IGNORECASE,
)
_NAMES = re.compile(
    r"""(?:^|/)(?:
        test_[^/]*\.py | conftest\.py | tests?\.(?:py|rs)
        | [^/]*_tests?\.(?:go|py|rb|rs|c|cc|cpp) | [^/]*[._-](?:tests?|spec|test-d|bench)\.[cm]?[jt]sx? | [^/]*_spec\.rb
        | [^/]*[a-z0-9](?:Test|Tests|TestCase|IT)\.(?:java|kt|cs|php)
        | [^/]*\.conf(?:ig)?\.[cm]?[jt]s | Gruntfile\.js | gulpfile\.js | (?:noxfile|setup)\.py
        | [^/]*\.min\.[cm]?js | [^/]*\.bundle\.js | [^/]*\.pb\.go | [^/]*_pb2\.py
    )$""",
    re.VERBOSE,
)


def language_of(path: str) -> str | None:
    """The programming language that the extension of a path stands for, or None."""
    name = path.rpartition("/")[2]
    return LANGUAGE_OF_EXTENSION.get(name.rpartition(".")[2]) if "." in name else None


def is_source_file(path: str) -> bool:
    """Whether a path, relative to the root of its project and with slashes, can be the answer to a query."""
    return language_of(path) is not None and not _FOLDERS.search(path) and not _NAMES.search(path)
