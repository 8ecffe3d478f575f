; @base: what a class derives from; @decorator: an annotation.
(delegation_specifier [(user_type . (identifier) @base) (constructor_invocation (user_type . (identifier) @base))])
(annotation [(user_type . (identifier) @decorator) (constructor_invocation (user_type . (identifier) @decorator))])
