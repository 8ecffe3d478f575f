"""The weights of the ranking, learnt from commits: which feature of a file told that a commit would change it.

Made by `benchmarks/localisation/train.py` from the queries of the tuning projects; a softmax over all files of a
tree, maximum likelihood of the files that the commit changed, with a normal prior on the weights.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = {
    "changed_lately": 1.327,
    "changed_often": 0.721,
    "file": 1.103,
    "file_code": 0.975,
    "file_glue": 0.550,
    "file_name": 0.099,
    "file_path": 0.497,
    "history_best": 0.951,
    "history_recent": 0.505,
    "history_total": 0.124,
    "like_commits12": 0.870,
    "like_commits4": -0.430,
    "like_commits_best": 0.402,
    "names_defined": 0.466,
    "names_file": 0.197,
    "names_used": 0.684,
    "place": 0.546,
    "scope_history": -0.251,
    "scope_name": -0.162,
    "scope_path": 1.796,
    "unit": 0.621,
    "unit_glue": -0.498,
    "unit_name": -0.106,
    "units": 0.117,
    "vector": 1.798,
    "vector_mean": 0.867,
}
"""Of the first ranking, which `features.expand` starts from."""

FULL: Final = {
    "beside": 0.436,
    "changed_lately": 1.281,
    "changed_often": 0.404,
    "file": 1.116,
    "file_code": 0.928,
    "file_glue": 0.494,
    "file_name": 0.064,
    "file_path": 0.457,
    "graph": 0.205,
    "history_best": 0.964,
    "history_recent": 0.466,
    "history_total": 0.040,
    "like_commits12": 0.851,
    "like_commits4": -0.512,
    "like_commits_best": 0.336,
    "names_defined": 0.443,
    "names_file": 0.186,
    "names_used": 0.625,
    "place": 0.539,
    "scope_history": -0.205,
    "scope_name": -0.179,
    "scope_path": 1.664,
    "tested": 0.418,
    "together": 0.775,
    "together_likely": 0.137,
    "unit": 0.613,
    "unit_glue": -0.448,
    "unit_name": -0.111,
    "units": -0.049,
    "vector": 1.638,
    "vector_mean": 0.895,
}
"""Of the whole ranking."""

WITHOUT_HISTORY: Final = {
    "beside": 0.954,
    "file": 1.000,
    "file_code": 1.271,
    "file_glue": 0.581,
    "file_name": -0.223,
    "file_path": 0.364,
    "graph": 0.660,
    "names_defined": 0.479,
    "names_file": 0.070,
    "names_used": 0.550,
    "place": 0.594,
    "scope_name": -0.158,
    "scope_path": 1.660,
    "tested": 0.850,
    "unit": 0.224,
    "unit_glue": -0.363,
    "unit_name": -0.056,
    "units": 0.568,
    "vector": 2.571,
    "vector_mean": 0.354,
}
"""Of the whole ranking where there is no history."""

UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file; set by hand, as no data tells."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored; set by hand."""
