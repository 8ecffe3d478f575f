; @import: the statement; @module: what is imported from; @name: the asterisk of an import of everything.
(import_declaration [(identifier) (scoped_identifier)] @module .) @import
(import_declaration [(identifier) (scoped_identifier)] @module . (asterisk) @name) @import
