"""How often, how lately and with what else every file changed: what a ranking takes from the history whatever the query.

Ages are counted in days, and in commits too, since projects move at different paces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.commit_files import CommitsOfPaths
from aifirst_memory.history.reader import HistoryReader

_DAY = 86_400.0
_HALF_LIFE_DAYS = 90.0
_FEW = 3
"""Files of code that a commit has at most which changes one thing."""
_NONE = 1_000_000


@dataclass(frozen=True)
class Activity:
    """By position of the files that there are now; 0 for those that git does not know."""

    commits_of: CommitsOfPaths
    """Which commits changed it."""
    often: NDArray[np.float32]
    """The commits that changed it, each half as much for every ninety days since, shared among its files."""
    lately: NDArray[np.float32]
    """1 for a file changed now, half as much for every ninety days since."""
    usual: NDArray[np.float32]
    """The commits of few files of code that changed it, the newer ones more, on a scale of logarithms."""
    alone: NDArray[np.float32]
    """The share of its commits that changed no other file of code."""
    commits: NDArray[np.float32]
    """The logarithm of how many commits changed it."""
    place: NDArray[np.int64]
    """How many commits are newer than the last that changed it."""
    small: NDArray[np.float32]
    """By commit: 1 for one of two or three files of code."""
    recent: NDArray[np.float32]
    """By commit: half as much for every tenth of the history that is newer; sweeping ones nothing."""
    shares: NDArray[np.float32]
    """By commit: what each of its files of code gets of it; sweeping ones nothing."""
    of_small: NDArray[np.float32]
    """By index of the history's paths: its commits as in `small`, added up."""
    of_recent: NDArray[np.float32]
    """The same as in `recent`."""


def activity(history: HistoryReader, positions: NDArray[np.int64], is_code: NDArray[np.bool_]) -> Activity:
    """The activity of the files that are at these indexes of the history's paths; `is_code` says which are code."""
    ages = np.maximum(history.now - history.last_times, 0) / _DAY
    commits = history.commits_by_size(positions[is_code & (positions >= 0)])
    fade = np.exp2(-commits.places / (0.1 * len(history) + 20))
    few = (commits.sizes >= 1) & (commits.sizes <= _FEW)
    usual = history.added_up(np.where(few, fade / np.maximum(commits.sizes, 1), 0))
    own = history.added_up(commits.focused)
    alone = history.added_up(commits.focused * (commits.sizes == 1)) / (own + 1)
    small = (commits.focused * (commits.sizes >= 2) * (commits.sizes <= _FEW)).astype(np.float32)
    recent = (commits.focused * fade).astype(np.float32)
    last = by_file_now(positions, commits.last_places + 1.0).astype(np.int64) - 1
    return Activity(
        commits_of=history.commits_of_paths(positions),
        often=by_file_now(positions, history.summed(history.by_age(_HALF_LIFE_DAYS))),
        lately=by_file_now(positions, np.exp2(-ages / _HALF_LIFE_DAYS)),
        usual=by_file_now(positions, np.log1p(10 * usual)),
        alone=by_file_now(positions, alone),
        commits=by_file_now(positions, np.log1p(own)),
        place=np.where(last >= 0, last, _NONE),
        small=small,
        recent=recent,
        shares=(commits.focused / np.sqrt(np.maximum(commits.sizes, 1))).astype(np.float32),
        of_small=history.added_up(small),
        of_recent=history.added_up(recent),
    )


def by_file_now(positions: NDArray[np.int64], values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Values by index of the history's paths, brought to those indexes; 0 for the index -1."""
    result = np.zeros(len(positions), np.float32)
    known = positions >= 0
    result[known] = values[positions[known]]
    return result
