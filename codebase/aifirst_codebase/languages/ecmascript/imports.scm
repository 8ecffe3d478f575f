; @import: the statement; @module: what is imported from; @name: what is imported; @alias: its local name.
(import_statement source: (string (string_fragment) @module)) @import
(import_statement (import_clause (identifier) @alias) source: (string (string_fragment) @module)) @import
(import_statement (import_clause (namespace_import (identifier) @alias)) source: (string (string_fragment) @module)) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @name !alias))) source: (string (string_fragment) @module)) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @name alias: (_) @alias))) source: (string (string_fragment) @module)) @import
(export_statement source: (string (string_fragment) @module)) @import
(export_statement (export_clause (export_specifier name: (_) @name !alias)) source: (string (string_fragment) @module)) @import
(export_statement (export_clause (export_specifier name: (_) @name alias: (_) @alias)) source: (string (string_fragment) @module)) @import
((call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module) .)) @import
  (#eq? @_require "require"))
(call_expression function: (import) arguments: (arguments . (string (string_fragment) @module))) @import
(export_statement "*" @name source: (string (string_fragment) @module)) @import
(export_statement (namespace_export (identifier) @alias) source: (string (string_fragment) @module)) @import
((variable_declarator name: (identifier) @alias value: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module) .))) @import
  (#eq? @_require "require"))
((variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name) value: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module) .))) @import
  (#eq? @_require "require"))
