"""The weights of the ranking, learnt from commits: which feature of a file told that a commit would change it.

Made by `benchmarks/localisation/train.py` from the queries of the tuning projects; a softmax over all files of a
tree, maximum likelihood of the files that the commit changed, with a normal prior on the weights.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = {
    "changed_lately": 1.102,
    "changed_often": -0.365,
    "file": 0.667,
    "file_code": 1.726,
    "file_path": 0.639,
    "joined": 0.380,
    "like_commits": 0.765,
    "like_meaning": 0.157,
    "like_meaning_best": 1.116,
    "names_defined": 0.182,
    "names_file": -0.218,
    "place": 0.453,
    "said_of": 1.395,
    "same_issue": 0.917,
    "scope_path": 1.243,
    "unit": 1.119,
    "vector": 1.381,
    "vector_mean": 0.538,
}
"""Of the first ranking, which `related_features.expand` starts from."""

SECOND: Final = {
    "around": 1.803,
    "changed_lately": 1.038,
    "changed_often": -0.635,
    "file": 0.668,
    "file_code": 1.701,
    "file_path": 0.333,
    "joined": 0.576,
    "like_commits": 0.888,
    "like_meaning": 0.252,
    "like_meaning_best": 0.749,
    "linked": 0.771,
    "names_defined": 0.278,
    "names_file": -0.194,
    "place": 0.498,
    "said_of": 1.317,
    "same_issue": 0.889,
    "scope_path": 1.203,
    "stem": 0.532,
    "tested": 0.179,
    "tests_together": 0.525,
    "together": 0.942,
    "unit": 1.114,
    "vector": 1.052,
    "vector_mean": 0.698,
}
"""Of the second ranking, which `candidate_features.look_again` starts from."""

FULL: Final = {
    "adds": 0.606,
    "adds_to_unit": 0.448,
    "around": 1.729,
    "changed_last": 0.442,
    "changed_lately": 0.741,
    "changed_often": -1.058,
    "clause_place": 0.344,
    "clauses_won": 0.024,
    "companions": 1.156,
    "file": 0.349,
    "file_code": 1.193,
    "file_path": 0.456,
    "joined": 0.564,
    "like_commit_best": 0.267,
    "like_commits": 0.822,
    "like_meaning": 0.211,
    "like_meaning_best": 0.377,
    "linked": 0.490,
    "names_defined": 0.309,
    "names_file": -0.341,
    "place": 0.521,
    "said_of": 1.272,
    "same_issue": 0.897,
    "scope_path": 1.164,
    "stem": 0.536,
    "tested": 0.180,
    "tests_together": 0.491,
    "together": 0.714,
    "unit": 0.791,
    "unit_says": 0.686,
    "used": 1.130,
    "usual": 0.206,
    "vector": 1.029,
    "vector_mean": 0.858,
}
"""Of the whole ranking."""

WITHOUT_HISTORY: Final = {
    "adds": 0.438,
    "adds_to_unit": 0.945,
    "around": 1.900,
    "clause_place": 0.381,
    "clauses_won": -0.020,
    "file": 1.207,
    "file_code": 1.473,
    "file_path": 0.691,
    "joined": 0.587,
    "linked": 0.886,
    "names_defined": 0.168,
    "names_file": -0.363,
    "place": 0.555,
    "scope_path": 1.503,
    "stem": 0.481,
    "tested": 0.453,
    "unit": 0.868,
    "unit_says": 0.841,
    "used": 1.241,
    "vector": 1.803,
    "vector_mean": 0.731,
}
"""Of the whole ranking where there is no history."""

UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file; set by hand, as no data tells."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored; set by hand."""
