; @comment: every comment of the PHP code; HTML outside it is text.
(comment) @comment
