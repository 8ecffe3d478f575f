; `default:` and plain `else` are no paths of their own.
[(if_statement) (for_statement)] @branch @nest
[(expression_switch_statement) (type_switch_statement) (select_statement)] @nest
[(expression_case) (type_case) (communication_case)] @branch
["&&" "||"] @branch
(if_statement alternative: (if_statement) @flat)
