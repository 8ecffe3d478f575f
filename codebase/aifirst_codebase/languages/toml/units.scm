; @block: a table; @name: its key. Keys above the first table are the file's own.
(table . [(bare_key) (dotted_key) (quoted_key)] @name) @block
(table_array_element . [(bare_key) (dotted_key) (quoted_key)] @name) @block
