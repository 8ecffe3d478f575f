"""The weights of the ranking, learnt from commits: which feature of a file told that a commit would change it.

Made by `benchmarks/localisation/train.py` from the queries of the tuning projects; a softmax over all files of a
tree, maximum likelihood of the files that the commit changed, with a normal prior on the weights.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = {
    "changed_lately": 1.103,
    "changed_often": -0.366,
    "file": 0.661,
    "file_code": 1.727,
    "file_path": 0.640,
    "joined": 0.380,
    "like_commits": 0.764,
    "like_meaning": 0.157,
    "like_meaning_best": 1.119,
    "names_defined": 0.184,
    "names_file": -0.222,
    "place": 0.454,
    "said_of": 1.393,
    "same_issue": 0.917,
    "scope_path": 1.244,
    "unit": 1.131,
    "vector": 1.375,
    "vector_mean": 0.540,
}
"""Of the first ranking, which `related_features.expand` starts from."""

FULL: Final = {
    "around": 1.799,
    "changed_lately": 1.035,
    "changed_often": -0.631,
    "file": 0.662,
    "file_code": 1.706,
    "file_path": 0.328,
    "joined": 0.576,
    "like_commits": 0.887,
    "like_meaning": 0.257,
    "like_meaning_best": 0.745,
    "linked": 0.731,
    "names_defined": 0.277,
    "names_file": -0.195,
    "place": 0.497,
    "said_of": 1.322,
    "same_issue": 0.887,
    "scope_path": 1.206,
    "stem": 0.531,
    "tested": 0.186,
    "tests_together": 0.523,
    "together": 0.940,
    "unit": 1.130,
    "vector": 1.047,
    "vector_mean": 0.699,
}
"""Of the whole ranking."""

WITHOUT_HISTORY: Final = {
    "around": 1.886,
    "file": 1.532,
    "file_code": 2.053,
    "file_path": 0.597,
    "joined": 0.612,
    "linked": 1.190,
    "names_defined": 0.107,
    "names_file": -0.233,
    "place": 0.577,
    "scope_path": 1.549,
    "stem": 0.489,
    "tested": 0.474,
    "unit": 1.261,
    "vector": 1.760,
    "vector_mean": 0.672,
}
"""Of the whole ranking where there is no history."""

UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file; set by hand, as no data tells."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored; set by hand."""
