; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper; @flat: an else-if does not nest.
[(if_statement) (for_statement) (foreach_statement) (while_statement) (do_statement)] @branch @nest
[(switch_statement) (match_expression) (try_statement)] @nest
[(else_if_clause) (case_statement) (match_conditional_expression) (catch_clause) (conditional_expression)] @branch
; The operators alone: a pattern around them would be kept open for every level of a long chain.
["&&" "||" "and" "or" "xor" "??"] @branch
(else_clause body: (if_statement) @flat)
