"""A source file as the rest of aifirst sees it: decoded once, addressed by bytes of its UTF-8 text.

Why it is here: tree-sitter, the token counter and every span above work on UTF-8 bytes, while files on
disk come with byte order marks, PEP 263 cookies and bytes of no known encoding. This module turns raw
bytes into one form and back. The law: ``decode_source(path, raw).encode_back(data) == raw`` for every
``raw``, whatever is in it.

Left out: reading from disk and deciding what is a source file (``discovery``), lines and columns
(``positions``). UTF-16 and UTF-32 are recognised by their byte order mark only, never guessed.
"""

import codecs
import hashlib
import re

import msgspec

_PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")

# UTF-32 stands before UTF-16: FF FE 00 00 begins with the mark of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARK_OF_ENCODING = {encoding: mark for mark, encoding in _BYTE_ORDER_MARKS}
_FIRST_BYTES_OF_MARKS = frozenset(mark[0] for mark, _ in _BYTE_ORDER_MARKS)

# PEP 263: a comment on line one, or on line two when line one is blank or a comment.
_COOKIE = re.compile(
    rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))??[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
_PRINTABLE_ASCII = bytes(range(0x20, 0x7F)) + b"\t\r\n"
# They would interpret the escapes of string literals, and warn about unknown ones.
_ESCAPE_CODECS = ("unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape")


class ReadDiagnostic(msgspec.Struct, frozen=True):
    """Something about reading one file that a person should know, and what to do about it."""

    code: str
    """Stable name: ``encoding-fallback``, ``encoding-unknown``, ``nul-bytes``, ``too-large``, ``binary``…"""
    message: str
    next_step: str = ""


class EncodeBackError(ValueError):
    """The edited text holds a character that the file's own encoding cannot write."""


class SourceFile(msgspec.Struct, frozen=True):
    """One decoded file; all offsets in aifirst are byte offsets into ``data``."""

    path: str
    """Relative to the root, separated by ``/``."""
    data: bytes
    """UTF-8 bytes of the text, without byte order mark, newlines as on disk."""
    encoding: str
    """Codec to write back with. ``utf-8-sig``, ``utf-16-*`` and ``utf-32-*`` imply a byte order mark."""
    digest: str
    """SHA-256, hex, of the raw bytes on disk (faster than BLAKE2b wherever the processor has it built in)."""
    diagnostics: tuple[ReadDiagnostic, ...] = ()

    @property
    def text(self) -> str:
        """The text as ``str``; decoded on every call, so hold on to it."""
        return self.data.decode("utf-8")

    @property
    def newline(self) -> str:
        r"""The newline most used in the file: ``"\n"``, ``"\r\n"`` or ``"\r"``; ``"\n"`` when it has none."""
        data = self.data
        returns = data.count(b"\r")
        if not returns:
            return "\n"
        pairs = data.count(b"\r\n")
        counted = {"\n": data.count(b"\n") - pairs, "\r\n": pairs, "\r": returns - pairs}
        return max(counted, key=counted.__getitem__)

    def encode_back(self, data: bytes) -> bytes:
        """Return the bytes to store on disk for ``data`` (UTF-8), in the file's own encoding and mark.

        Raises ``EncodeBackError`` when the encoding has no place for a character of ``data``.
        """
        if self.encoding == "utf-8":
            return data
        mark = _MARK_OF_ENCODING.get(self.encoding, b"")
        if self.encoding == "utf-8-sig":
            return mark + data
        try:
            return mark + data.decode("utf-8").encode(self.encoding)
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise EncodeBackError(
                f"{self.path} is stored as {self.encoding}, which has no {character!r} "
                f"(U+{ord(character):04X}): save the file as UTF-8, or write the text without that character"
            ) from error


def encode_declared(path: str, text: str) -> bytes:
    """Return the bytes of a new file: in the encoding that a PEP 263 cookie of Python declares, else as UTF-8.

    Raises ``EncodeBackError`` where the declared encoding has no place for a character.
    """
    data = text.encode("utf-8", "surrogatepass")
    found = _COOKIE.match(data) if path.endswith(_PYTHON_SUFFIXES) else None
    encoding = _usable_codec(found[1].decode("ascii", "replace")) if found is not None else None
    if encoding in (None, "utf-8"):
        return data
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        character = f"{text[error.start]!r} (U+{ord(text[error.start]):04X})"
        raise EncodeBackError(f"{path} declares {encoding}, which has no {character}") from error


def declare_utf8(data: bytes) -> bytes:
    """Return Python's text, which is UTF-8, with a PEP 263 cookie of another encoding made one of UTF-8, as long."""
    found = _COOKIE.match(data)
    if found is None or _usable_codec(found[1].decode("ascii", "replace")) in (None, "utf-8"):
        return data
    start, end = found.span(1)
    name = next((name for name in (b"utf-8", b"utf8") if len(name) <= end - start), b"u8")
    return data[:start] + name.ljust(end - start) + data[end:]


def decode_source(path: str, raw: bytes) -> SourceFile:
    """Decode ``raw`` as a person's editor would; returns a ``SourceFile`` and never raises.

    Order: byte order mark, PEP 263 cookie (Python files), UTF-8, and last Latin-1, which fits any bytes
    and leaves an ``encoding-fallback`` diagnostic.
    """
    digest = hashlib.sha256(raw).hexdigest()
    diagnostics: tuple[ReadDiagnostic, ...] = ()
    decoded = None
    if raw and raw[0] in _FIRST_BYTES_OF_MARKS:
        decoded = _decode_by_mark(raw)
    if decoded is None and path.endswith(_PYTHON_SUFFIXES):
        decoded, diagnostics = _decode_by_cookie(path, raw)
    if decoded is None and is_utf8(raw):
        decoded = raw, "utf-8"
    if decoded is None:
        decoded = raw.decode("latin-1").encode("utf-8"), "latin-1"
        diagnostics += (_fallback_diagnostic(path),)
    data, encoding = decoded
    if b"\0" in data:
        diagnostics += (_nul_diagnostic(path),)
    return SourceFile(path, data, encoding, digest, diagnostics)


def has_wide_mark(raw: bytes) -> bool:
    """Say whether ``raw`` begins with the byte order mark of UTF-16 or UTF-32, whose text is full of NULs."""
    return raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))


def is_utf8(raw: bytes) -> bool:
    """Say whether ``raw`` is valid UTF-8."""
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_by_mark(raw: bytes) -> tuple[bytes, str] | None:
    """Return (UTF-8 data, encoding) for a file with a byte order mark that holds what the mark promises."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if not raw.startswith(mark):
            continue
        body = raw[len(mark) :]
        if encoding == "utf-8-sig":
            return (body, encoding) if is_utf8(body) else None
        try:
            return body.decode(encoding).encode("utf-8"), encoding
        except UnicodeError:
            # Not the encoding of this mark; UTF-16 may still fit what looked like UTF-32.
            continue
    return None


def _decode_by_cookie(path: str, raw: bytes) -> tuple[tuple[bytes, str] | None, tuple[ReadDiagnostic, ...]]:
    """Return ((UTF-8 data, encoding), diagnostics) as a PEP 263 cookie asks; None where it asks for UTF-8."""
    found = _COOKIE.match(raw)
    if found is None:
        return None, ()
    name = found[1].decode("ascii", "replace")
    encoding = _usable_codec(name)
    if encoding is None:
        return None, (_cookie_diagnostic(path, name, "is no known text encoding"),)
    if encoding == "utf-8":
        return None, ()
    try:
        text = raw.decode(encoding)
        # Stateful codecs read several spellings of one text; only what can be written back is taken.
        if text.encode(encoding) == raw:
            return (text.encode("utf-8"), encoding), ()
    except UnicodeError:
        pass
    return None, (_cookie_diagnostic(path, name, "does not fit the bytes of the file"),)


def _usable_codec(name: str) -> str | None:
    """Return the codec's canonical name when it is a text encoding that keeps ASCII, as PEP 263 demands."""
    try:
        canonical = codecs.lookup(name).name
        if canonical in _ESCAPE_CODECS or _PRINTABLE_ASCII.decode(name) != _PRINTABLE_ASCII.decode("ascii"):
            return None
    except (LookupError, ValueError):
        return None
    return {"utf-8-sig": "utf-8", "iso8859-1": "latin-1"}.get(canonical, canonical)


def _fallback_diagnostic(path: str) -> ReadDiagnostic:
    return ReadDiagnostic(
        "encoding-fallback",
        f"{path} is not valid UTF-8; it was read as Latin-1, so some characters may be wrong",
        "save the file as UTF-8",
    )


def _nul_diagnostic(path: str) -> ReadDiagnostic:
    return ReadDiagnostic("nul-bytes", f"{path} holds NUL characters", "remove them, or exclude the file")


def _cookie_diagnostic(path: str, name: str, trouble: str) -> ReadDiagnostic:
    return ReadDiagnostic(
        "encoding-unknown",
        f"{path} declares the encoding {name!r}, which {trouble}",
        "correct or remove the coding comment",
    )
