; @comment: every comment.
(comment) @comment
