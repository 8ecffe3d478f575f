; @base: what a class or an interface derives from; @decorator: an annotation; @raised: the error thrown;
; @package: what the file's definitions belong to.
(superclass [(type_identifier) @base (scoped_type_identifier) @base (generic_type . (_) @base)])
(super_interfaces (type_list [(type_identifier) @base (scoped_type_identifier) @base (generic_type . (_) @base)]))
(extends_interfaces (type_list [(type_identifier) @base (scoped_type_identifier) @base (generic_type . (_) @base)]))
[(marker_annotation name: (_) @decorator) (annotation name: (_) @decorator)]
(throw_statement (object_creation_expression type: [(type_identifier) (scoped_type_identifier)] @raised))
(package_declaration [(identifier) (scoped_identifier)] @package)
