; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper; @flat: an else-if does not nest.
[(if_expression) (for_statement) (while_statement) (do_while_statement)] @branch @nest
[(when_expression) (try_expression)] @nest
[(catch_block) (when_entry condition: (_))] @branch
; The operators alone: a pattern around them would be kept open for every level of a long chain.
["&&" "||" "?:"] @branch
(if_expression (_) (if_expression) @flat)
