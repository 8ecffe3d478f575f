"""JSON: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_glue, check_units

SOURCE = """\
// why
{"a": [1, /* two */ 2], "b": "// no"}
"""


def test_json_comments_are_glue() -> None:
    check_glue(
        "json",
        SOURCE,
        [
            "// why",
            "/* two */",
        ],
    )


def test_json_is_one_unit() -> None:
    check_units("json", SOURCE, "")
