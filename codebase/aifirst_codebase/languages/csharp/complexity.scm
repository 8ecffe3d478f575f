; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper; @flat: an else-if does not nest.
[(if_statement) (for_statement) (foreach_statement) (while_statement) (do_statement)] @branch @nest
[(switch_statement) (switch_expression) (try_statement) (using_statement) (lock_statement) (fixed_statement)] @nest
(switch_section [(constant_pattern) (declaration_pattern) (recursive_pattern) (relational_pattern) (type_pattern) (or_pattern) (and_pattern) (negated_pattern) (var_pattern) (list_pattern)]) @branch
(switch_expression_arm . [(constant_pattern) (declaration_pattern) (recursive_pattern) (relational_pattern) (type_pattern) (or_pattern) (and_pattern) (negated_pattern) (var_pattern) (list_pattern)]) @branch
[(catch_clause) (conditional_expression)] @branch
; The operators alone: a pattern around them would be kept open for every level of a long chain.
["&&" "||" "??"] @branch
(if_statement alternative: (if_statement) @flat)
