; @base: what a class derives from.
(class superclass: (superclass [(constant) (scope_resolution)] @base))
