; @comment: every comment, where a dialect allows them.
(comment) @comment
