; @import: the statement; @module: what is imported from, whole; lists are left to the reader of the text.
(use_declaration argument: (_) @module) @import
(extern_crate_declaration name: (_) @module) @import
(mod_item name: (_) @module !body) @import
