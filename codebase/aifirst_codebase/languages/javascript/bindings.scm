; @bound: a parameter; @field: an attribute of the object itself; @maker: the call that makes its value.
(field_definition property: (property_identifier) @field value: (new_expression constructor: [(identifier) (member_expression)] @maker))
(formal_parameters [(identifier) @bound (assignment_pattern left: (identifier) @bound)])
