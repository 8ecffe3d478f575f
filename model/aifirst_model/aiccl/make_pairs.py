"""From a file to its pairs: cut, told in the notation, read back, compared; what fails a proof is kept with the reason.

These are the first steps of the quality control: generate (`compress`), expand with the same codec, compare (trees), and
measure drift (another spelling of the same program has to be told alike). The steps that need the whole set are in
`finish_pairs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from aifirst_model.aiccl.codec import Codec, CodecError, Compressed, Resolution
from aifirst_model.aiccl.pair import DroppedPiece, Pair, SourceText
from aifirst_model.aiccl.pieces import Piece, PieceSizes, cut_pieces
from aifirst_model.aiccl.quality import MOST_ENTRIES, THRESHOLD, lost_lines, quality, readability, told_lines

ROTATION: Sequence[Resolution] = ("exact", "medium", "exact", "low")
"""What is tried first, by the piece's hash: half of the pieces exactly, a quarter each at the other resolutions."""
_ORDER: Sequence[Resolution] = ("exact", "low", "medium")
_BELOW = "quality below the threshold"
_NO_LINE = "a method by itself has no line"
_TRY_ON = (_BELOW, _NO_LINE)


def make_pairs(
    file: SourceText, codec: Codec, sizes: PieceSizes, symbols: frozenset[str] = frozenset()
) -> Iterator[Pair | DroppedPiece]:
    """At most one pair for each piece of the file, at the first resolution whose quality reaches the threshold.

    `symbols` are characters that sources must not hold, as maps give them meanings in a fixed order.
    """
    for piece in cut_pieces(file.path, file.text.replace("\r\n", "\n"), sizes):
        yield _make_pair(file, piece, codec, symbols)


def _make_pair(file: SourceText, piece: Piece, codec: Codec, symbols: frozenset[str]) -> Pair | DroppedPiece:
    if (
        "\r" in piece.text
        or "\0" in piece.text
        or "comp:" in piece.text
        or not symbols.isdisjoint(piece.text)
    ):
        return DroppedPiece("holds a sign of the notation", name=piece.name)
    if not codec.parses(piece.text, file.language):
        return DroppedPiece("no program by itself", name=piece.name)
    number = hashlib.blake2b(piece.text.encode("utf-8", "replace"), digest_size=1).digest()[0] % 4
    order: list[Resolution] = [ROTATION[number], *(one for one in _ORDER if one != ROTATION[number])]
    try:
        for resolution in order:
            made = pair_of(file, piece, codec, resolution)
            if isinstance(made, Pair) or made.reason not in _TRY_ON:
                return made
    except CodecError as error:
        return DroppedPiece("the codec failed", str(error), piece.name, piece.text)
    return DroppedPiece(_BELOW, name=piece.name)


def pair_of(file: SourceText, piece: Piece, codec: Codec, resolution: Resolution) -> Pair | DroppedPiece:
    """The pair of a piece at one resolution, or why there is none. Raises `CodecError` where the codec does.

    Only exact documents have maps: in those by lines a symbol could stand for the end of a line, so that no grammar of
    what is written says whether the lines can be read.
    """
    clean = codec.clean(piece.text, file.language)
    if not clean.strip() or not codec.is_same(piece.text, clean, file.language):
        return DroppedPiece("round trip: without its glue it is another program", "", piece.name, piece.text)
    for entries in (MOST_ENTRIES, 0) if resolution == "exact" else (0,):
        try:
            told = codec.compress(piece.text, file.language, resolution, entries)
        except CodecError:
            if resolution == "exact":
                raise
            return DroppedPiece(_NO_LINE, name=piece.name)
        why = failed_proof(piece.text, clean, told.text, file.language, resolution, codec)
        if why:
            return DroppedPiece(f"round trip: {why}", told.text, piece.name, piece.text)
        pair = _pair(file, piece, codec, resolution, told, clean)
        if quality(pair) >= THRESHOLD and pair.ratio > 1:
            return pair
        if not told.entries:
            break
    return DroppedPiece(_BELOW, name=piece.name)


def failed_proof(
    source: str, clean: str, document: str, language: str, resolution: Resolution, codec: Codec
) -> str:
    """Why a document is not that of a source, empty where it is. Raises `CodecError` for what is no document."""
    if resolution == "exact":
        return "" if codec.is_same(source, codec.expand(document), language) else "its syntax tree is another"
    if codec.read(document).resolution != resolution:
        return "its resolution is another"
    again = codec.compress(clean, language, resolution, 0).text
    if codec.units(document) != codec.units(again):
        return "its units are others"
    if told_lines(codec.read(document).expanded) != told_lines(codec.read(again).expanded):
        return "code without its comments is told in other lines"
    return ""


def _pair(
    file: SourceText, piece: Piece, codec: Codec, resolution: Resolution, told: Compressed, clean: str
) -> Pair:
    document = codec.read(told.text)
    other = codec.expand(codec.compress(clean, file.language, "exact", 0).text)
    again = codec.read(codec.compress(other, file.language, resolution, 0).text).expanded
    return Pair(
        language=file.language, resolution=resolution, source=piece.text, clean=clean, document=told.text,
        source_tokens=told.source_tokens, tokens=told.tokens, project=file.project, path=file.path, name=piece.name,
        kind=piece.kind, licence=file.licence, level=piece.level, entries=told.entries,
        drift=lost_lines(document.expanded, again), readability=readability(document),
    )  # fmt: skip
