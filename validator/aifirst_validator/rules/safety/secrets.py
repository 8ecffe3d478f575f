"""AF601: a secret stands in the source."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar, Final

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

# (what it is, a literal every such secret contains, its pattern)
_FORMATS: Final[tuple[tuple[str, bytes, re.Pattern[bytes]], ...]] = tuple(
    (what, literal, re.compile(pattern))
    for what, literal, pattern in (
        ("an AWS access key", b"AKIA", rb"\bAKIA[0-9A-Z]{16}\b"),
        ("a temporary AWS access key", b"ASIA", rb"\bASIA[0-9A-Z]{16}\b"),
        ("a GitHub token", b"ghp_", rb"\bghp_[A-Za-z0-9]{36,255}\b"),
        ("a GitHub token", b"gho_", rb"\bgho_[A-Za-z0-9]{36,255}\b"),
        ("a GitHub token", b"ghs_", rb"\bghs_[A-Za-z0-9]{36,255}\b"),
        ("a GitHub token", b"github_pat_", rb"\bgithub_pat_[A-Za-z0-9_]{50,255}\b"),
        ("a GitLab token", b"glpat-", rb"\bglpat-[A-Za-z0-9_\-]{20,}\b"),
        ("an API key", b"sk-", rb"\bsk-(?:proj-|ant-|live-)?[A-Za-z0-9_\-]{32,}\b"),
        ("a Slack token", b"xox", rb"\bxox[abeoprs]-[A-Za-z0-9\-]{20,}\b"),
        ("a Google API key", b"AIza", rb"\bAIza[0-9A-Za-z_\-]{35}\b"),
        ("a Stripe key", b"_live_", rb"\b[sr]k_live_[0-9A-Za-z]{20,}\b"),
        ("an npm token", b"npm_", rb"\bnpm_[A-Za-z0-9]{36}\b"),
        ("a PyPI token", b"pypi-", rb"\bpypi-AgEI[A-Za-z0-9_\-]{50,}"),
        ("a Hugging Face token", b"hf_", rb"\bhf_[A-Za-z]{34}\b"),
        (
            "a private key",
            b"PRIVATE KEY",
            rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|[\"'+\s])*+[A-Za-z0-9+/]{40}",
        ),
    )
)  # fmt: skip
_UNQUOTED_TOO: Final = tuple(one for one in _FORMATS if one[1] in {b"AKIA", b"ghp_", b"PRIVATE KEY"})
"""What is looked for in a code file without any long string too: these are pasted into comments."""
_NAMES: Final = (
    b"secret",
    b"SECRET",
    b"passw",
    b"PASSW",
    b"token",
    b"TOKEN",
    b"api_key",
    b"API_KEY",
    b"apiKey",
)
_LONG_TEXT = re.compile(rb"[\"'][A-Za-z0-9+/=_\-]{20,80}")
_NAMED = re.compile(
    rb"(?:assword|asswd|ecret|oken|ASSWORD|ASSWD|ECRET|OKEN|api_?key|API_?KEY|apiKey)[A-Za-z0-9_]{0,60}[\"']?\s*"
    rb"(?::\s*\w+\s*=|:=|[:=](?!=))\s*[\"']([A-Za-z0-9+/=_\-.~!@#$%^&*]{20,200})[\"']"
)
_PLACEHOLDER = re.compile(
    rb"(?i)example|sample|dummy|fake|test|placeholder|changeme|redacted|your[_-]|xxxx|0000|1234567|abcdef|\.\.\.|insecure"
)
_EXAMPLE_FOLDERS = re.compile(
    r"(?:^|/)(?:tests?|testing|spec|specs|__tests__|docs?|examples?|fixtures|samples?)(?:/|$)|(?:^|/)(?:test_|conftest)|_test\.|\.(?:test|spec)\."
)
_MIN_ENTROPY = 3.6
_DIGIT = re.compile(rb"[0-9]")
_RUN = re.compile(rb"[^.\-_/]{12,}")
"""A random value is one long run; what is put together of words (`support.function.C99`) is not."""


class Secrets(FileRule):
    """A secret in the source reaches every clone, every index and every prompt made from it, and stays in the
    history when the line is gone. Keys of known providers and private keys are found by their format
    anywhere; a value given to a name such as `password` or `api_key` is reported when it looks random and
    stands outside tests and documentation. The message never repeats the secret.
    """

    code: ClassVar[str] = "AF601"
    name: ClassVar[str] = "secrets"
    summary: ClassVar[str] = "A secret stands in the source."
    severity = "error"
    kinds = ("code", "style", "markup", "prose", "data")
    valid = (
        Example('import os\n\nTOKEN = os.environ["SERVICE_TOKEN"]\n'),
        Example('password = "correct horse battery staple"\n', title="words, not a random value"),
        Example('api_key = "your-api-key-goes-here-please"\n', title="a placeholder"),
        Example('token = "support.function.C99.stdlib"\n', title="words with dots"),
    )
    invalid = (
        Example('API_KEY = "q7Rz2LmX9vTb' + '4KpW8sYc1NdF"\n', lines=(1,), title="a random value in a key"),
        Example("aws = connect('AKIA" + "Q3XJ7ZL2MNB5TRWE')\n", lines=(1,), title="the format of a provider"),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each secret, without its text."""
        data = file.data
        quoted = any(_DIGIT.search(text) for text in _LONG_TEXT.findall(data))
        formats = _FORMATS if quoted or file.reading.language.kind != "code" else _UNQUOTED_TOO
        for what, literal, pattern in formats:
            if literal in data:
                for match in pattern.finditer(data):
                    if not _PLACEHOLDER.search(match.group()):
                        yield _problem(match.start(), match.end(), what)
        if quoted and any(name in data for name in _NAMES) and not _EXAMPLE_FOLDERS.search(file.path):
            for match in _NAMED.finditer(data):
                if _looks_random(match.group(1)):
                    yield _problem(match.start(1), match.end(1), "a password, key or token")


def _problem(start: int, end: int, what: str) -> Problem:
    return Problem(
        start, end, f"this looks like {what}",
        "Take it back at its provider, then read it from the environment or a secret store.", anchor=what,
    )  # fmt: skip


def _looks_random(value: bytes) -> bool:
    """Whether a value has digits and both cases in one run and 3.6 bits of Shannon entropy a character."""
    if _PLACEHOLDER.search(value) or not any(_DIGIT.search(run) for run in _RUN.findall(value)):
        return False
    if value.lower() == value or value.upper() == value:
        return False
    total = len(value)
    entropy = -sum(n / total * math.log2(n / total) for n in Counter(value).values())
    return entropy >= _MIN_ENTROPY
