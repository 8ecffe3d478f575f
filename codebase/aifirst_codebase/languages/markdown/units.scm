; @h1 to @h6: headings; a section reaches to the next heading of its level or above. @aside: headings inside
; lists and quotations open no section.
[(block_quote) (list)] @aside
(section (atx_heading (atx_h1_marker) heading_content: (_)? @name) @h1)
(section (atx_heading (atx_h2_marker) heading_content: (_)? @name) @h2)
(section (atx_heading (atx_h3_marker) heading_content: (_)? @name) @h3)
(section (atx_heading (atx_h4_marker) heading_content: (_)? @name) @h4)
(section (atx_heading (atx_h5_marker) heading_content: (_)? @name) @h5)
(section (atx_heading (atx_h6_marker) heading_content: (_)? @name) @h6)
(section (setext_heading heading_content: (_) @name (setext_h1_underline)) @h1)
(section (setext_heading heading_content: (_) @name (setext_h2_underline)) @h2)
