; @comment: every comment; `//` is none in CSS.
(comment) @comment
