"""HTML: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_glue, check_kept, check_query, check_units

SOURCE = """\
<!DOCTYPE html>
<!-- A page. -->
<!--[if IE]><p>x</p><![endif]-->
<html><head>
<style id="base">/* css */ a { b: c }</style>
<style>p {}</style>
<script src="app.js" defer></script>
<script type="module">
// js
let a = "<!-- no -->";
</script>
<link rel="stylesheet" href="x.css">
</head><body>
<!-- ko if: shown -->
<template id="row"><td><!-- cell --></td></template>
<template><script id="inner">x</script></template>
a<!-- between -->b <!-- after -->
</body></html>
"""


def test_html_definitions_are_units() -> None:
    check_units(
        "html",
        SOURCE,
        """
        5-5 block style:base
        6-6 block style
        7-7 block script:app.js
        8-11 block script
        14-15 block template:row
        16-16 block template
        16-16 block template:script:inner
        """,
    )


def test_html_comments_are_glue() -> None:
    check_glue(
        "html",
        SOURCE,
        [
            "<!-- A page. -->",
            "<!-- cell -->",
            "<!-- after -->",
        ],
    )


def test_html_comments_that_are_read_are_kept() -> None:
    check_kept(
        "html",
        SOURCE,
        """
        pragma <!--[if IE]><p>x</p><![endif]-->
        pragma <!-- ko if: shown -->
        pragma <!-- between -->
        """,
    )


def test_html_imports_are_found() -> None:
    check_query(
        "html",
        SOURCE,
        "imports",
        """
        module=app.js
        module=x.css
        """,
    )


def test_html_other_files_of_components_have_their_blocks() -> None:
    check_units(
        "html",
        "<template>\n  <p>{{ a }}</p>\n</template>\n<script setup>\nconst a = 1\n</script>\n"
        "<style scoped>\np {}\n</style>\n",
        """
        1-3 block template
        4-6 block script
        7-9 block style
        """,
    )
