; `default:` and plain `else` are no paths of their own; `&&=`, `||=` and `??=` are short circuits like their operators.
[(if_statement) (for_statement) (for_in_statement) (while_statement) (do_statement)] @branch @nest
[(switch_statement) (try_statement)] @nest
[(switch_case) (catch_clause) (ternary_expression)] @branch
["&&" "||" "??" "&&=" "||=" "??="] @branch
(else_clause (if_statement) @flat)
