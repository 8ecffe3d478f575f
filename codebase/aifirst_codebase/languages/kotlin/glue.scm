; @comment: every comment, KDoc too.
[(line_comment) (block_comment)] @comment
