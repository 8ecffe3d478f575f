; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper; @flat: an else-if does not nest.
[(if_statement) (for_statement) (for_range_loop) (while_statement) (do_statement)] @branch @nest
[(switch_statement) (try_statement)] @nest
(case_statement value: (_)) @branch
(catch_clause) @branch
(conditional_expression) @branch
(binary_expression operator: ["&&" "||" "and" "or"]) @branch
(else_clause (if_statement) @flat)
