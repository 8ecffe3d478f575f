; @comment: every comment; the grammar calls block comments marginalia.
[(comment) (marginalia)] @comment
