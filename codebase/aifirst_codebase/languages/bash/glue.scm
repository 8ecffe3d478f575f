; @comment: every comment. Here-documents are data.
(comment) @comment
