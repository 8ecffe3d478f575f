; @branch: one more path (cyclomatic, McCabe 1976): conditions of CASE. A filter's AND and OR are no paths.
(case (keyword_when) @branch)
(case) @nest
