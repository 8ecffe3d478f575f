; @base: what a class derives from; @decorator: what stands behind the at sign, without its arguments;
; @raised: the error raised. All as written, with their dots.
(class_definition superclasses: (argument_list [(identifier) (attribute)] @base))
(class_definition superclasses: (argument_list (subscript value: [(identifier) (attribute)] @base)))
(decorator [(identifier) @decorator (attribute) @decorator (call function: [(identifier) (attribute)] @decorator)])
(raise_statement . [(identifier) @raised (attribute) @raised (call function: [(identifier) (attribute)] @raised)])
