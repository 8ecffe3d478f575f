; @import: the statement; @module: what is imported from; @name: the asterisk of an import of everything.
(import_declaration (_) @module .) @import
(import_declaration (_) @module . (asterisk) @name) @import
