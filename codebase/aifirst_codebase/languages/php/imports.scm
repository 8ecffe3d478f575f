; @import: the statement; @module: the class, function or file; @alias: its local name.
(namespace_use_declaration !body (namespace_use_clause !alias [(name) (qualified_name)] @module)) @import
(namespace_use_declaration !body (namespace_use_clause [(name) (qualified_name)] @module alias: (name) @alias)) @import
(namespace_use_declaration (namespace_name) @module body: (namespace_use_group (namespace_use_clause !alias [(name) (qualified_name)] @name))) @import
(namespace_use_declaration (namespace_name) @module body: (namespace_use_group (namespace_use_clause [(name) (qualified_name)] @name alias: (name) @alias))) @import
[(require_expression (_) @module) (require_once_expression (_) @module) (include_expression (_) @module) (include_once_expression (_) @module)] @import
(use_declaration [(name) (qualified_name)] @module) @import
; @package: the namespace that the file's definitions belong to.
(namespace_definition name: (_) @package)
