"""Finds secrets in a text: keys of known providers by their format, other values by the name they are given to.

A placeholder (`your-api-key`) is no secret. The figures behind a random value are Shannon's entropy and
the shape of the text; where a value stands and what that means is for the caller to judge.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

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
_UNQUOTED_TOO: Final = tuple(
    one for one in _FORMATS if one[1] in {b"AKIA", b"ghp_", b"github_pat_", b"PRIVATE KEY"}
)
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
_MIN_ENTROPY = 3.6
_DIGIT = re.compile(rb"[0-9]")
_RUN = re.compile(rb"[^.\-_/]{12,}")
"""A random value is one long run; what is put together of words (`support.function.C99`) is not."""


class Secret(NamedTuple):
    """A stretch of a text, in bytes, and what it looks like."""

    start: int
    end: int
    what: str


def find_provider_keys(data: bytes, *, quoted: bool = True) -> Iterator[Secret]:
    """Keys whose format tells who gave them out, by format. Without `quoted` only those pasted into comments."""
    for what, literal, pattern in _FORMATS if quoted else _UNQUOTED_TOO:
        if literal in data:
            for match in pattern.finditer(data):
                if not _PLACEHOLDER.search(match.group()):
                    yield Secret(match.start(), match.end(), what)


def find_named_values(data: bytes) -> Iterator[Secret]:
    """Random-looking values in quotes that a name such as `password` or `api_key` is given."""
    if any(name in data for name in _NAMES):
        for match in _NAMED.finditer(data):
            if _looks_random(match.group(1)):
                yield Secret(match.start(1), match.end(1), "a password, key or token")


def has_long_text(data: bytes) -> bool:
    """Whether any long text in quotes has a digit: code without one has no keys but those in comments."""
    return any(_DIGIT.search(text) for text in _LONG_TEXT.findall(data))


def find_secrets(data: bytes) -> list[Secret]:
    """All of both, in order; where two overlap, the first and longest."""
    found = sorted(
        {*find_provider_keys(data), *find_named_values(data)}, key=lambda one: (one.start, -one.end)
    )
    kept: list[Secret] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _looks_random(value: bytes) -> bool:
    """Whether a value has digits and both cases in one run and 3.6 bits of Shannon entropy a character."""
    if _PLACEHOLDER.search(value) or not any(_DIGIT.search(run) for run in _RUN.findall(value)):
        return False
    if value.lower() == value or value.upper() == value:
        return False
    total = len(value)
    entropy = -sum(n / total * math.log2(n / total) for n in Counter(value).values())
    return entropy >= _MIN_ENTROPY
