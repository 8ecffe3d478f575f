; @import: the directive; @module: what it includes, in its quotes or angle brackets; @name: what is taken from a namespace.
(preproc_include path: (_) @module) @import
(using_declaration [(identifier) (qualified_identifier)] @name) @import
(namespace_alias_definition name: (_) @alias (_) @name) @import
; @package: the namespace that the file's definitions belong to.
(namespace_definition name: (_) @package)
