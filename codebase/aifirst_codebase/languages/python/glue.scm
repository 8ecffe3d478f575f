; @comment: every comment; @docstring: the statement that is one; @joined: its string, where that is not one literal.
(comment) @comment
(module . (comment)* . (expression_statement . [(string) (concatenated_string) @joined (parenthesized_expression) @joined] .) @docstring)
(function_definition body: (block . (comment)* . (expression_statement . [(string) (concatenated_string) @joined (parenthesized_expression) @joined] .) @docstring))
(class_definition body: (block . (comment)* . (expression_statement . [(string) (concatenated_string) @joined (parenthesized_expression) @joined] .) @docstring))
