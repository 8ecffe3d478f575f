"""CSS: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_glue, check_kept, check_query, check_units

SOURCE = """\
@charset "utf-8";
@import url("base.css");
@import "theme.css";
/*! licence */
/* Root. */
:root { --a: 1; /* one */ }
#main > a:hover,
.b::before { content: "/* no */"; }
/* stylelint-disable */
@media screen and (max-width: 10px) {
  /* Small. */
  .m { a: b }
  @supports (display: grid) { .g { a: b } }
}
@font-face { font-family: x; }
@keyframes spin { from { a: b } to { c: d } }
@layer base { .l { a: b } }
.card { color: red; &:hover { color: blue } }
/*# sourceMappingURL=s.css.map */
"""


def test_css_definitions_are_units() -> None:
    check_units(
        "css",
        SOURCE,
        """
        4-6 rule :root
        7-8 rule #main > a:hover, .b::before
        9-14 rule @media screen and (max-width: 10px)
        11-12 rule @media screen and (max-width: 10px) .m
        13-13 rule @media screen and (max-width: 10px) @supports (display: grid)
        13-13 rule @media screen and (max-width: 10px) @supports (display: grid) .g
        15-15 rule @font-face
        16-16 rule @keyframes spin
        17-17 rule @layer base
        17-17 rule @layer base .l
        18-18 rule .card
        18-18 rule .card &:hover
        """,
    )


def test_css_comments_are_glue() -> None:
    check_glue(
        "css",
        SOURCE,
        [
            "/* Root. */",
            "/* one */",
            "/* Small. */",
        ],
    )


def test_css_comments_that_are_read_are_kept() -> None:
    check_kept(
        "css",
        SOURCE,
        """
        pragma /*! licence */
        pragma /* stylelint-disable */
        pragma /*# sourceMappingURL=s.css.map */
        """,
    )


def test_css_imports_are_found() -> None:
    check_query(
        "css",
        SOURCE,
        "imports",
        """
        module="base.css"
        module="theme.css"
        """,
    )


def test_css_two_slashes_are_no_comment() -> None:
    check_glue("css", "// a { b: c }\nd { e: url(//f) } /* g */\n", ["/* g */"])
