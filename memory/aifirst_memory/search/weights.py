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
    "changed_lately": 1.037,
    "changed_often": -0.634,
    "file": 0.669,
    "file_code": 1.702,
    "file_path": 0.334,
    "joined": 0.577,
    "like_commits": 0.887,
    "like_meaning": 0.253,
    "like_meaning_best": 0.748,
    "linked": 0.773,
    "names_defined": 0.276,
    "names_file": -0.194,
    "place": 0.498,
    "said_of": 1.319,
    "same_issue": 0.889,
    "scope_path": 1.202,
    "stem": 0.532,
    "tested": 0.180,
    "tests_together": 0.525,
    "together": 0.942,
    "unit": 1.111,
    "vector": 1.053,
    "vector_mean": 0.698,
}
"""Of the second ranking, which `candidate_features.look_again` starts from."""

FULL: Final = {
    "adds_names": 0.196,
    "around": 0.504,
    "around_log": 0.298,
    "changed_last": 0.525,
    "changed_lately": 0.568,
    "changed_often": -0.911,
    "clause_place": 0.299,
    "commits": -0.130,
    "companions": 0.551,
    "completes_names": 0.134,
    "file": 0.175,
    "file_code": 0.666,
    "file_path": 0.108,
    "joined": 0.540,
    "like_commit_best": 0.392,
    "like_commits": 0.896,
    "like_meaning": 0.147,
    "like_meaning_best": -0.155,
    "linked": 0.272,
    "names_defined": 0.223,
    "names_file": -0.296,
    "names_say": -0.401,
    "nearest_commits": 0.324,
    "of_likely_commits": -0.868,
    "own_commits": 0.113,
    "own_commits_mean": -0.574,
    "place": 0.550,
    "said_of": 0.776,
    "same_issue": 0.818,
    "says_rare": 0.250,
    "scope_path": 1.263,
    "stem": 0.730,
    "tested": 0.201,
    "tests_together": 0.477,
    "together": 0.465,
    "unit": 0.611,
    "unit_code": 0.822,
    "unit_says": 0.058,
    "used_by_likely": 0.168,
    "usual": 0.221,
    "vector": 1.269,
    "vector_mean": 0.922,
    "with_best_lately": 0.537,
    "written": 0.431,
}
"""Of the whole ranking, among the candidates."""

WITHOUT_HISTORY: Final = {
    "adds_names": 0.261,
    "around": 0.867,
    "around_log": 0.419,
    "clause_place": 0.295,
    "completes_names": 0.158,
    "file": 1.003,
    "file_code": 0.829,
    "file_path": 0.356,
    "joined": 0.564,
    "linked": 0.455,
    "names_defined": 0.164,
    "names_file": -0.341,
    "names_say": -0.554,
    "place": 0.554,
    "says_rare": 0.325,
    "scope_path": 1.587,
    "stem": 0.705,
    "tested": 0.399,
    "unit": 0.762,
    "unit_code": 0.915,
    "unit_says": 0.158,
    "used_by_likely": 0.237,
    "vector": 1.826,
    "vector_mean": 0.897,
    "written": 0.488,
}
"""Of the whole ranking, among the candidates, where there is no history."""

UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file; set by hand, as no data tells."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored; set by hand."""
