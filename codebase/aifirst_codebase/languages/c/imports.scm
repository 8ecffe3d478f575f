; @import: the directive; @module: what it includes, in its quotes or angle brackets.
(preproc_include path: (_) @module) @import
