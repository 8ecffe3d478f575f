; @import: the statement; @module: what is imported; @alias: its local name.
(import (qualified_identifier) @module .) @import
(import (qualified_identifier) @module (identifier) @alias) @import
; @package: what the file's definitions belong to.
(package_header (qualified_identifier) @package)
