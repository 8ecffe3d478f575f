; @comment: an HTML comment that is a block of its own. One inside a line of text is not seen by the block grammar.
((html_block) @comment (#match? @comment "^[ \t]*<!--(?:(?!-->)[\\s\\S])*-->\\s*$"))
