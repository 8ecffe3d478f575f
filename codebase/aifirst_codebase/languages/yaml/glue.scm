; @comment: every comment. Block scalars are text.
(comment) @comment
