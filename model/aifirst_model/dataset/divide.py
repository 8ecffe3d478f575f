"""Divides samples into training, validation and test by groups, so that no project stands in two of them.

With three projects or more a group is a project; with fewer it is a folder of one (its first two levels). Larger
groups are placed first, each where most is missing, and every split that is asked for gets at least one group where
there are three. The same groups give the same splits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from aifirst_model.dataset.record import SPLITS, Sample, Split, sample_id

By = Literal["auto", "project", "folder", "file"]
ENOUGH_PROJECTS: Final = 3
_LEVELS: Final = 2


class DivideSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`shares` are of train, validation and test, in any unit; `seed` orders groups of one size."""

    shares: tuple[float, float, float] = (90.0, 5.0, 5.0)
    by: By = "auto"
    seed: int = 0


def choose_by(by: By, projects: int) -> By:
    """What a group is, `auto` decided by how many projects there are."""
    if by != "auto":
        return by
    return "project" if projects >= ENOUGH_PROJECTS else "folder"


def group_of(sample: Sample, by: By) -> str:
    """The group of a sample; empty for one that is of more than one group, such as a commit over several folders.

    What says neither group nor project is of one of 256 groups, by its id.
    """
    about = sample.about
    project = about.group or about.project
    if not project:
        return f"#{sample_id(sample)[:2]}"
    if by == "project":
        return project
    is_commit = about.task in ("diff-to-message", "message-to-diff")
    folders = about.path.split("/")
    is_file = "." in folders[-1]
    if by == "file":
        return "" if is_commit and not is_file else f"{project}/{about.path}"
    if is_commit and not is_file:
        return f"{project}/{'/'.join(folders[:_LEVELS])}" if len(folders) >= _LEVELS else ""
    return f"{project}/{'/'.join(folders[:-1][:_LEVELS])}"


def divide(sizes: Mapping[str, int], settings: DivideSettings) -> dict[str, Split]:
    """The split of every group, by how many samples each has."""
    total, whole = sum(sizes.values()), sum(settings.shares) or 1.0
    targets: dict[Split, float] = {
        split: total * share / whole for split, share in zip(SPLITS, settings.shares, strict=True)
    }
    filled: dict[Split, int] = dict.fromkeys(SPLITS, 0)
    placed: dict[str, Split] = {}
    order = sorted(sizes, key=lambda group: (-sizes[group], _drawn(group, settings.seed)))
    needed: list[Split] = [split for split in SPLITS[1:] if targets[split] > 0]
    reserved: dict[str, Split] = (
        dict(zip(order[::-1], needed, strict=False)) if len(order) > len(needed) else {}
    )
    for group, split in reserved.items():
        placed[group] = split
        filled[split] += sizes[group]
    for group in order:
        if group in placed:
            continue
        split = max(SPLITS, key=lambda one: targets[one] - filled[one])
        placed[group] = split
        filled[split] += sizes[group]
    return placed


def _drawn(group: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}\0{group}".encode(), digest_size=8).digest()
