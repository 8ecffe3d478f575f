; @comment: every comment, `=begin` blocks too. Here-documents and the text behind `__END__` are data.
(comment) @comment
