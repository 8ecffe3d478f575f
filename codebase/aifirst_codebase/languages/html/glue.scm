; @comment: every comment of the markup. Comments inside scripts and styles are theirs.
(comment) @comment
