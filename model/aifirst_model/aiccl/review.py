"""A few pairs of each language and resolution on a page, for a person to look at: the step no program can take."""

from __future__ import annotations

import hashlib
from pathlib import Path

from aifirst_model.aiccl.journal import Journal
from aifirst_model.aiccl.pair import Pair
from aifirst_model.aiccl.quality import quality

_EACH = 2
_MOST_TOKENS = 400


def write_review(journal: Journal, path: Path) -> None:
    """Write the page: of every language and resolution those whose keys come first, the same every time."""
    first: dict[tuple[str, str], list[Pair]] = {}
    for file in journal.files():
        for pair in file.pairs:
            if pair.source_tokens <= _MOST_TOKENS:
                kept = first.setdefault((pair.language, pair.resolution), [])
                kept.append(pair)
                kept.sort(key=lambda one: one.key)
                del kept[_EACH:]
    parts = [
        "# Pairs to look at\n\nIs the document what a reader needs to know of the source? Chosen by hash.\n"
    ]
    for language, resolution in sorted(first):
        parts += [_shown(pair) for pair in first[language, resolution]]
    path.write_text("\n".join(parts), encoding="utf-8")


def _shown(pair: Pair) -> str:
    fence = "`" * 6
    digest = hashlib.blake2b(pair.source.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return (
        f"## {pair.language}, {pair.resolution}: {pair.project}/{pair.path} {pair.name} ({digest})\n\n"
        f"{pair.source_tokens} tokens in {pair.tokens}, quality {quality(pair):.3f}\n\n"
        f"{fence}{pair.language}\n{pair.source}{fence}\n\n{fence}\n{pair.document}{fence}\n"
    )
