; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper; @flat: an else-if does not nest.
[(if_statement) (for_statement) (while_statement) (do_statement)] @branch @nest
(switch_statement) @nest
(case_statement value: (_)) @branch
(conditional_expression) @branch
; The operators alone: a pattern around them would be kept open for every level of a long chain.
["&&" "||"] @branch
(else_clause (if_statement) @flat)
