; @statement: a statement that defines an object; @name: the object. Other statements stay with the file.
[(create_table (object_reference) @name) (create_view (object_reference) @name) (create_materialized_view (object_reference) @name)
 (create_function (object_reference) @name) (create_procedure (object_reference) @name) (create_trigger (object_reference) @name)
 (create_type (object_reference) @name) (create_sequence (object_reference) @name) (create_index column: (_) @name)
 (create_schema (identifier) @name) (create_database (identifier) @name) (create_role (identifier) @name)
 (create_extension (identifier) @name)] @statement
