; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper. `select` is a for_statement.
[(if_statement) (for_statement) (c_style_for_statement) (while_statement)] @branch @nest
(case_statement) @nest
[(elif_clause) (case_item) (ternary_expression)] @branch
; The operators alone: a pattern around them would be kept open for every level of a long chain.
["&&" "||"] @branch
