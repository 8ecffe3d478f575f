; @comment: every comment. Those inside a macro's body are part of the macro's text.
(comment) @comment
