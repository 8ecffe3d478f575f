; Match arms count as cases, the wildcard `_` is the default and does not; `?` is no path of its own, nor is `loop`.
[(if_expression) (while_expression) (for_expression)] @branch @nest
[(match_expression) (loop_expression)] @nest
(match_arm pattern: (match_pattern . (_))) @branch
(let_declaration alternative: (_)) @branch
["&&" "||"] @branch
(else_clause (if_expression) @flat)
