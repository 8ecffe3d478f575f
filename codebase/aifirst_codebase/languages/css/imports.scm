; @import: the statement; @module: the sheet it loads, in its quotes.
(import_statement (string_value) @module) @import
(import_statement (call_expression (arguments (_) @module))) @import
