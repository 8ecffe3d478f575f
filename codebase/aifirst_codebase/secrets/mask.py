"""Masks secrets in a text that is about to be written down, for people and models to read later.

More is masked here than is reported as a finding: a note loses little by a masked word too many, and a
secret that is written down once stays. Values without quotes, passwords in addresses, headers and whole
private keys go too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aifirst_codebase.secrets.find import find_secrets

_KEY_BLOCK = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_ADDRESS = re.compile(rb"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,100}:([^\s/@\"'<>]{1,200})@")
_HEADER = re.compile(rb"(?i)\b(?:bearer|basic)\s+([A-Za-z0-9+/=_.~-]{16,2000})")
_WEB_TOKEN = re.compile(
    rb"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}(?:\.[A-Za-z0-9_-]{0,2000})?"
)
_NAMED = re.compile(
    rb"(?i)(?:passw(?:or)?d|passwd|passphrase|secret|token|api[ _-]?key|access[ _-]?key)[A-Za-z0-9_]{0,40}[\"'`]?"
    rb"\s{0,4}(?:=>|:=|[:=]|\bis\b)\s{0,4}[\"'`]?([^\s\"'`,;()\[\]{}<>]{6,200})(?![(\[])"
)
_NAMES: Final = (
    b"passw", b"passphrase", b"secret", b"token", b"apikey", b"api_key", b"api-key", b"api key", b"accesskey",
    b"access_key", b"access-key", b"access key",
)  # fmt: skip
"""What `_NAMED` begins with, in lower case."""
_LOOKS_MADE = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])|(?=.*[!@#$%^&*~])(?=.*[A-Za-z])")
_REFERENCE = re.compile(rb"(?:\$[A-Za-z_{]|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z|/|https?:)")
_SIGNS: Final = (
    b"key", b"token", b"secret", b"passw", b"passphrase", b"://", b"bearer", b"basic", b"eyj", b"akia", b"asia",
    b"ghp_", b"gho_", b"ghs_", b"github_pat_", b"glpat", b"sk-", b"xox", b"aiza", b"_live_", b"npm_", b"pypi-", b"hf_",
)  # fmt: skip
"""What every secret that is looked for has one of, in lower case. Looking for each takes a tenth of what one
expression for all of them does.
"""


def mask_secrets(text: str) -> str:
    """The text with every secret replaced by `[masked: what it was]`; masking it again changes nothing."""
    data = text.encode("utf-8", "surrogatepass")
    lower = data.lower()
    for sign in _SIGNS:  # `any` takes twice as long, and short texts are asked by the ten thousand
        if sign in lower:
            break
    else:
        return text
    parts: list[bytes] = []
    position = 0
    for start, end, what in sorted(_spans(data, lower), key=lambda one: (one[0], -one[1])):
        if end <= position:
            continue
        if start >= position:
            parts += [data[position:start], f"[masked: {what}]".encode()]
        position = end
    parts.append(data[position:])
    return b"".join(parts).decode("utf-8", "surrogatepass")


def _spans(data: bytes, lower: bytes) -> Iterator[tuple[int, int, str]]:
    """Each expression is asked only where the text has what it cannot do without: to look for that is far sooner done."""
    for secret in find_secrets(data):
        yield secret.start, secret.end, secret.what
    if b"-----BEGIN " in data:
        for match in _KEY_BLOCK.finditer(data):
            yield match.start(), match.end(), "a private key"
    if b".eyJ" in data:
        for match in _WEB_TOKEN.finditer(data):
            yield match.start(), match.end(), "a web token"
    if b"://" in data and b"@" in data:
        yield from _values(_ADDRESS, data, "a password")
    if b"bearer" in lower or b"basic" in lower:
        yield from _values(_HEADER, data, "a token")
    if any(name in lower for name in _NAMES):
        for match in _NAMED.finditer(data):
            value = match[1].rstrip(b".!?")
            if len(value) >= 6 and _LOOKS_MADE.match(value) and not _REFERENCE.match(value):
                yield match.start(1), match.start(1) + len(value), "a password, key or token"


def _values(pattern: re.Pattern[bytes], data: bytes, what: str) -> Iterator[tuple[int, int, str]]:
    for match in pattern.finditer(data):
        if not match[1].startswith(b"[masked"):
            yield match.start(1), match.end(1), what
