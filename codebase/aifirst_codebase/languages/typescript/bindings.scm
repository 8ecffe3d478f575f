; @bound: a name that is given a value; @type: the type it is declared to have; @field: an attribute of the object itself.
(variable_declarator name: (identifier) @bound type: (type_annotation [(type_identifier) @type (nested_type_identifier) @type (generic_type name: (_) @type)]))
[(required_parameter pattern: (identifier) @bound) (optional_parameter pattern: (identifier) @bound)]
(required_parameter pattern: (identifier) @bound type: (type_annotation [(type_identifier) @type (nested_type_identifier) @type (generic_type name: (_) @type)]))
(required_parameter (accessibility_modifier) pattern: (identifier) @field type: (type_annotation [(type_identifier) @type (nested_type_identifier) @type (generic_type name: (_) @type)]))
(public_field_definition name: [(property_identifier) (private_property_identifier)] @field type: (type_annotation [(type_identifier) @type (nested_type_identifier) @type (generic_type name: (_) @type)]))
(public_field_definition name: [(property_identifier) (private_property_identifier)] @field value: (new_expression constructor: [(identifier) (member_expression)] @maker))
(export_statement "default" @bound declaration: (abstract_class_declaration name: (_) @same))
