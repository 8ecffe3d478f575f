; @import: a link definition; @module: where it leads.
(link_reference_definition (link_destination) @module) @import
