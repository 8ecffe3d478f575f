"""Makes the output of one file, or says whether the one that is there is what it should be."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

import msgspec
from aifirst_codebase.languages.registry import language_of, may_be_source
from aifirst_codebase.source import SourceFile, decode_source, has_wide_mark
from aifirst_codebase.tokens import TokenCounter

from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, Warned
from aifirst_compiler.project.inputs import Input
from aifirst_compiler.project.outcome import Outcome
from aifirst_compiler.project.request import ProjectRequest
from aifirst_compiler.project.write_file import copy_file, write_file, write_link
from aifirst_compiler.run_time_docs import RunTimeUses
from aifirst_compiler.script_tools import minified_path
from aifirst_compiler.script_tools.tsconfig import compiler_options
from aifirst_compiler.source_maps.write import map_of_edits

_SNIFFED = 8192
_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx")
"""Outputs that say where their map is: what runs them looks there."""


class Compiling:
    """What compiling the files of one run has in common."""

    def __init__(
        self,
        request: ProjectRequest,
        uses: RunTimeUses,
        known: dict[str, Outcome],
        counter: TokenCounter | None,
        largest: int,
    ) -> None:
        self._request = request
        self._uses = uses
        self._known = known
        self._counter = counter
        self._largest = largest
        self._script_settings: dict[str, dict[str, object]] = {}

    def run(self, one: Input) -> tuple[Outcome, bool]:
        """The outcome of an input, and whether the output was, or is by a check, what it should be already.

        Raises `CompileError` where nothing more can be written.
        """
        source, out = self._request.root / one.path, self._request.out / one.out
        try:
            if one.target:
                return self._link(one, out)
            return self._file(one, source, out)
        except OSError as error:
            return failed(one, f"{error.strerror or error}"), False

    def _link(self, one: Input, out: Path) -> tuple[Outcome, bool]:
        outcome = Outcome(one.path, one.out, "linked", output=one.target)
        if out.is_symlink() and out.readlink().as_posix() == one.target:
            return outcome, True
        if not self._request.check:
            write_link(self._request.out, out, one.target)
        return outcome, False

    def _file(self, one: Input, source: Path, out: Path) -> tuple[Outcome, bool]:
        mode = stat.S_IMODE(source.stat().st_mode)
        if not may_be_source(one.path.rpartition("/")[2]):
            return self._copy(one, source, out, mode, "")
        if one.size > self._largest:
            outcome, was_made = self._copy(one, source, out, mode, "")
            return msgspec.structs.replace(outcome, warnings=(self._too_large(one),)), was_made
        raw = source.read_bytes()
        digest = sha256(raw).hexdigest()
        for name in dict.fromkeys((one.out, minified_path(one.out))):
            known, there = self._known.get(name), self._request.out / name
            if known is None or known.path != one.path or known.source != digest:
                continue
            if name != one.out and (self._request.root / minified_path(one.path)).exists():
                continue  # a file of the name that this one's output had is there now
            if _is_made(known, there, mode):
                return self._counted(known, raw, there), True
        if language_of(one.path, raw) is None or (b"\0" in raw[:_SNIFFED] and not has_wide_mark(raw)):
            return self._copy(one, source, out, mode, digest)
        return self._compile(one, raw, out, mode)

    def _counted(self, known: Outcome, raw: bytes, out: Path) -> Outcome:
        """The outcome with its tokens, which the manifest does not keep."""
        if self._counter is None or not known.language:
            return known
        texts = (decode_source(known.path, data).text for data in (raw, out.read_bytes()))
        before, after = (self._counter.count(text) for text in texts)
        return msgspec.structs.replace(known, tokens=(before, after))

    def _copy(self, one: Input, source: Path, out: Path, mode: int, digest: str) -> tuple[Outcome, bool]:
        digest = digest or _digest_of(source)
        outcome = Outcome(
            one.path, one.out, "copied", source=digest, output=digest, bytes=(one.size, one.size)
        )
        if _is_there(out, digest, mode):
            return outcome, True
        if not self._request.check:
            copy_file(self._request.out, out, source, mode)
        return outcome, False

    def _too_large(self, one: Input) -> Warned:
        return Warned(
            "too-large", one.path, 1, f"was copied as it is: it has more than {self._largest:,} bytes",
            "raise discovery.max_file_bytes, or exclude it",
        )  # fmt: skip

    def _compile(self, one: Input, raw: bytes, out: Path, mode: int) -> tuple[Outcome, bool]:
        source = decode_source(one.path, raw)
        made = self._made(source)
        if made.path != one.path:
            one = one._replace(out=minified_path(one.out))
            out = self._request.out / one.out
        data = raw if made.data is source.data or made.copied else source.encode_back(made.data)
        language = language_of(one.path, source.data)
        made_map = self._map_of(made, source, out) if self._request.options.maps and not made.copied else b""
        if made_map and out.suffix in _SCRIPTS:
            data += f"\n//# sourceMappingURL={map_beside(out).name}\n".encode()
        outcome = Outcome(
            one.path, one.out, "copied" if made.copied else "compiled", language.name if language else "",
            source.digest, sha256(data).hexdigest(), _digest(made_map),
            (_lines(raw), _lines(data)), (len(raw), len(data)), (made.source_tokens, made.tokens),
            made.copied, made.warnings,
        )  # fmt: skip
        if _is_made(outcome, out, mode):
            return outcome, True
        if not self._request.check:
            write_file(self._request.out, out, data, mode)
            if made_map:
                write_file(self._request.out, map_beside(out), made_map, mode & 0o666)
        return outcome, False

    def _map_of(self, made: CompiledFile, source: SourceFile, out: Path) -> bytes:
        """The source map of an output that was compiled; it says where the source lies from where the map does."""
        name = os.path.relpath(self._request.root / source.path, out.parent).replace(os.sep, "/")
        if made.map is not None:
            return msgspec.json.encode(made.map | {"file": out.name, "sources": [name]})
        return map_of_edits(out.name, name, source.data, made.edits).to_json()

    def _made(self, source: SourceFile) -> CompiledFile:
        """The file compiled; not made small where that would give it the name of another file."""
        request, options = self._request, self._request.options
        other = minified_path(source.path)
        settings: dict[str, object] = {}
        if options.minify and other != source.path:
            if (request.root / other).exists():
                options = msgspec.structs.replace(options, minify="")
            settings = self._settings(str(Path(source.path).parent))
        return compile_source(
            source, options, counter=self._counter, uses=self._uses, script_settings=settings
        )

    def _settings(self, folder: str) -> dict[str, object]:
        """The compiler options of the `tsconfig.json` in force in a folder."""
        known = self._script_settings.get(folder)
        if known is None:
            known = compiler_options(self._request.root / folder, self._request.root)
            self._script_settings[folder] = known
        return known


def failed(one: Input, why: str) -> Outcome:
    """The outcome of a file that could not be read or written."""
    warned = Warned(
        "unreadable", one.path, 1, f"was not compiled: {why}", "change its permissions, or exclude it"
    )
    return Outcome(one.path, one.out, "failed", warnings=(warned,))


def _lines(data: bytes) -> int:
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def _digest_of(path: Path) -> str:
    """The digest of a regular file's bytes; empty where there is none."""
    if path.is_symlink():
        return ""
    digest = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest() if data else ""


def map_beside(out: Path) -> Path:
    """Where the source map of an output lies."""
    return out.with_name(f"{out.name}.map")


def _is_made(outcome: Outcome, path: Path, mode: int) -> bool:
    """Whether an output and its map hold what they should."""
    there = _is_there(path, outcome.output, mode)
    return there and (not outcome.map or _digest_of(map_beside(path)) == outcome.map)


def _is_there(path: Path, digest: str, mode: int) -> bool:
    """Whether a regular file holds what it should, with the permission bits it should have."""
    return _digest_of(path) == digest and stat.S_IMODE(path.lstat().st_mode) & 0o777 == mode & 0o777
