; @branch: one more path (cyclomatic, McCabe 1976), the catch-all `case _` left out; @nest: one level deeper,
; where something is decided: a `with` opens no path.
[(if_statement) (for_statement) (while_statement)] @branch @nest
[(try_statement) (match_statement)] @nest
[(elif_clause) (except_clause) (conditional_expression) (boolean_operator) (if_clause) (for_in_clause)] @branch
(case_clause (case_pattern (_))) @branch
