; @comment: every comment; @docstring: the statement that is one.
(comment) @comment
(module . (comment)* . (expression_statement . (string) .) @docstring)
(function_definition body: (block . (comment)* . (expression_statement . (string) .) @docstring))
(class_definition body: (block . (comment)* . (expression_statement . (string) .) @docstring))
