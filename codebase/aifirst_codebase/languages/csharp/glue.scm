; @comment: every comment, documentation comments too. Regions and pragmas are directives, which are code.
(comment) @comment
