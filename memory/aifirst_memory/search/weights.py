"""The weights of the ranking, learnt from commits: which feature of a file told that a commit would change it.

Made by `benchmarks/localisation/train.py` from the queries of the tuning projects; a softmax over all files of a
tree, maximum likelihood of the files that the commit changed, with a normal prior on the weights.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = {
    "changed_lately": 1.306,
    "changed_often": 1.007,
    "file": 0.988,
    "file_code": 0.806,
    "file_glue": 0.520,
    "file_name": 0.043,
    "file_path": 0.749,
    "history_best": 1.077,
    "history_recent": 0.430,
    "history_total": -0.262,
    "like_commits12": 0.913,
    "like_commits4": -0.285,
    "like_commits_best": 0.638,
    "names_defined": 0.314,
    "names_file": 0.257,
    "names_used": 0.928,
    "place": 0.603,
    "scope_history": 0.020,
    "scope_name": -0.046,
    "scope_path": 1.528,
    "unit": 0.551,
    "unit_glue": -0.401,
    "unit_name": 0.076,
    "units": 0.178,
    "vector": 1.814,
    "vector_mean": 0.457,
}
"""Of the first ranking, which `features.expand` starts from."""

FULL: Final = {
    "beside": 0.275,
    "changed_lately": 1.289,
    "changed_often": 0.843,
    "file": 0.997,
    "file_code": 0.796,
    "file_glue": 0.478,
    "file_name": -0.003,
    "file_path": 0.724,
    "graph": 0.133,
    "history_best": 1.057,
    "history_recent": 0.416,
    "history_total": -0.321,
    "like_commits12": 0.885,
    "like_commits4": -0.335,
    "like_commits_best": 0.614,
    "names_defined": 0.306,
    "names_file": 0.272,
    "names_used": 0.863,
    "place": 0.578,
    "scope_history": 0.020,
    "scope_name": -0.041,
    "scope_path": 1.534,
    "tested": 0.318,
    "together": 0.468,
    "together_likely": 0.292,
    "unit": 0.519,
    "unit_glue": -0.369,
    "unit_name": 0.094,
    "units": 0.061,
    "vector": 1.715,
    "vector_mean": 0.499,
}
"""Of the whole ranking."""

WITHOUT_HISTORY: Final = {
    "beside": 0.985,
    "file": 0.850,
    "file_code": 1.221,
    "file_glue": 0.503,
    "file_name": -0.260,
    "file_path": 0.522,
    "graph": 0.723,
    "names_defined": 0.268,
    "names_file": 0.170,
    "names_used": 0.832,
    "place": 0.635,
    "scope_name": -0.039,
    "scope_path": 1.780,
    "tested": 0.747,
    "unit": 0.262,
    "unit_glue": -0.282,
    "unit_name": 0.104,
    "units": 0.416,
    "vector": 2.719,
    "vector_mean": 0.010,
}
"""Of the whole ranking where there is no history."""

UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file; set by hand, as no data tells."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored; set by hand."""
