; @base: what a class derives from; @decorator: an attribute; @raised: the error thrown.
(base_clause [(name) (qualified_name)] @base)
(class_interface_clause [(name) (qualified_name)] @base)
(attribute [(name) (qualified_name)] @decorator)
(throw_expression (object_creation_expression [(name) (qualified_name)] @raised))
