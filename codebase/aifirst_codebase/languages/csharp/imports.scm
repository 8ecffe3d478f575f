; @import: the directive; @module: the namespace or type it names; @alias: its local name.
(using_directive !name [(identifier) (qualified_name) (alias_qualified_name)] @module) @import
(using_directive name: (identifier) @alias (_) @module) @import
; @package: the namespace that the file's definitions belong to.
(namespace_declaration name: (_) @package)
(file_scoped_namespace_declaration name: (_) @package)
