; `default` and plain `else` are no paths of their own.
[(if_statement) (for_statement) (enhanced_for_statement) (while_statement) (do_statement)] @branch @nest
[(switch_expression) (try_statement) (try_with_resources_statement)] @nest
[(catch_clause) (ternary_expression)] @branch
(switch_label . (_)) @branch
["&&" "||"] @branch
(if_statement alternative: (if_statement) @flat)
