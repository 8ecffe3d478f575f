"""The weights of the ranking, learnt from commits: which feature of a file told that a commit would change it.

Made by `benchmarks/localisation/train.py` from the queries of the tuning projects; a softmax over all files of a
tree, maximum likelihood of the files that the commit changed, with a normal prior on the weights.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = {
    "unit": 1.0, "file": 4.0, "file_path": 1.0, "history_best": 2.0, "history_recent": 1.0, "vector": 2.0,
    "changed_lately": 1.5, "changed_often": 1.0, "title_unit": 1.0, "names_defined": 1.0,
}  # fmt: skip
"""Of the first ranking, which `features.expand` starts from."""

FULL: Final = FIRST
"""Of the whole ranking."""

WITHOUT_HISTORY: Final = FIRST
"""Of the whole ranking where there is no history."""

UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored."""
