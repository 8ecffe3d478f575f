; @branch: one more path (cyclomatic, McCabe 1976); @nest: one level deeper.
[(if) (unless) (while) (until) (for)] @branch @nest
[(if_modifier) (unless_modifier) (while_modifier) (until_modifier) (rescue_modifier)] @branch
[(elsif) (when) (in_clause) (rescue) (conditional) (if_guard) (unless_guard)] @branch
[(case) (case_match) (begin)] @nest
; The operators alone: a pattern around them would be kept open for every level of a long chain.
["&&" "||" "and" "or"] @branch
(operator_assignment operator: ["||=" "&&="]) @branch
