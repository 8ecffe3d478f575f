"""Which nodes a text means that a person typed."""

from __future__ import annotations

from collections.abc import Iterable

_BOUNDARIES = ("/", "::", ".", ":")


def exact_ids(text: str) -> tuple[str, ...]:
    """The ids that a text means at once where one of them is there: the first of them counts."""
    return (text, f"{text.rstrip('/')}/", text.removeprefix("./"))


def ends_like(id: str, text: str) -> bool:
    """Whether the text is the end of an id, and begins where a part of it does; a folder's `/` may be left out."""
    bare = id.rstrip("/")
    return bool(text) and bare.endswith(text) and bare[: -len(text)].endswith(_BOUNDARIES)


def matching_ids(ids: Iterable[str], text: str) -> list[str]:
    """The ids that a text may mean where none of `exact_ids` is there."""
    wanted = text.rstrip("/")
    return [id for id in ids if ends_like(id, wanted)]
