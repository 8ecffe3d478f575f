; @block: what holds code or a template of its own; @scope: its element; @name: its id, else what it loads.
; An inline script without either is named by its element, and so is a template whose id is not its first
; attribute. Templates are looked for where they stand: in the file, the body or the head.
(script_element . (start_tag . (tag_name) @scope)) @block
(style_element . (start_tag . (tag_name) @scope)) @block
(script_element . (start_tag (attribute (attribute_name) @_id [(quoted_attribute_value (attribute_value) @name) (attribute_value) @name])) (#any-of? @_id "id" "src"))
(style_element . (start_tag (attribute (attribute_name) @_id [(quoted_attribute_value (attribute_value) @name) (attribute_value) @name])) (#eq? @_id "id"))
((document (element . (start_tag . (tag_name) @scope)) @block) (#eq? @scope "template"))
((document (element (element . (start_tag . (tag_name) @scope)) @block)) (#eq? @scope "template"))
((document (element (element (element . (start_tag . (tag_name) @scope)) @block))) (#eq? @scope "template"))
((document (element . (start_tag . (tag_name) @_tag . (attribute . (attribute_name) @_id . (quoted_attribute_value (attribute_value) @name)))))
  (#eq? @_tag "template") (#eq? @_id "id"))
((document (element (element . (start_tag . (tag_name) @_tag . (attribute . (attribute_name) @_id . (quoted_attribute_value (attribute_value) @name))))))
  (#eq? @_tag "template") (#eq? @_id "id"))
((document (element (element (element . (start_tag . (tag_name) @_tag . (attribute . (attribute_name) @_id . (quoted_attribute_value (attribute_value) @name)))))))
  (#eq? @_tag "template") (#eq? @_id "id"))
