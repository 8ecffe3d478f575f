"""Tags: the grammar of `@TAG:CATEGORY[:value]`, roles, and every malformed form with its remedy."""

import pytest
from aifirst_codebase.tickets import CATEGORIES, find_tags, scan_tags, slugify
from hypothesis import given, settings
from hypothesis import strategies as st
from ticket_samples import FULL_FILE


def spelled(text: str) -> list[tuple[str, str | None, str]]:
    return [(tag.category, tag.value, text[tag.start : tag.end]) for tag in find_tags(text)]


def test_a_tag_has_category_value_and_the_offsets_of_its_spelling() -> None:
    text = "# é @TAG:FEATURE:hybrid-search, @TAG:CRITICAL and (@TAG:SPEC:docs/a.md)"
    assert spelled(text) == [
        ("FEATURE", "hybrid-search", "@TAG:FEATURE:hybrid-search"),
        ("CRITICAL", None, "@TAG:CRITICAL"),
        ("SPEC", "docs/a.md", "@TAG:SPEC:docs/a.md"),
    ]


def test_quotes_backticks_and_markdown_stars_end_a_value() -> None:
    text = '"@TAG:FEATURE:a" `@TAG:FEATURE:b` **@TAG:FEATURE:c** \'@TAG:FEATURE:d\' "@TAG:FEATURE:e\\n"'
    assert [tag.value for tag in find_tags(text)] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    "text",
    [
        'f"@TAG:FEATURE:{slug}"',
        'f"@TAG:{category}:{slug}"',
        "`@TAG:<category>:<name>`",
        "@TAG:CATEGORY[:value]",
        "the prefix `@TAG:` starts a tag",
        '"@TAG:" in text',
        "@TAG:FEATURE:...",
        "@TAG:FEATURE:%s",
        "email me @tag:feature:x",
    ],
)
def test_templates_and_mentions_are_neither_tags_nor_mistakes(text: str) -> None:
    scan = scan_tags(text)
    assert scan.tags == ()
    assert scan.diagnostics == ()


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("# @TAG:FEATURE:search", "definition"),
        ("    // @TAG:COMPONENT:ranker", "definition"),
        ("-- @TAG:FUNCTION:rank", "definition"),
        (" * @TAG:TICKET:rank", "definition"),
        ("# - @TAG:STEP:load", "definition"),
        ("# @TAG:PATTERN:guard-clause", "definition"),
        ("# @TAG:HOUSE:style", "definition"),
        ("# see @TAG:FEATURE:search", "reference"),
        ("rank()  # @TAG:FUNCTION:rank", "reference"),
        ("# @TAG:RELATED:ranker", "reference"),
        ("# @TAG:SPEC:search-v2", "reference"),
        ("# @TAG:MODIFIED:2025-01-20", "label"),
        ("# see @TAG:CRITICAL", "label"),
        ("# @TAG:DIGITAL-TWIN:memory", "label"),
    ],
)
def test_the_role_follows_from_category_and_place(line: str, role: str) -> None:
    (tag,) = find_tags(f"import os\n{line}\n")
    assert tag.role == role


def test_tags_that_follow_a_leading_tag_lead_too_but_not_after_prose() -> None:
    text = "# @TAG:FEATURE:a @TAG:FEATURE:b, @TAG:FEATURE:c like @TAG:FEATURE:d\n# @TAG:FEATURE:e"
    assert [tag.role for tag in find_tags(text)] == [
        "definition",
        "definition",
        "definition",
        "reference",
        "definition",
    ]


def test_a_tag_after_a_referring_tag_refers_too() -> None:
    assert [tag.role for tag in find_tags("# see @TAG:FEATURE:a @TAG:FEATURE:b")] == [
        "reference",
        "reference",
    ]


def test_a_markdown_tag_line_defines_a_specification() -> None:
    text = "@TAG:SPEC:search-v2\n\nIt needs @TAG:SPEC:index-v1 first."
    assert [tag.role for tag in find_tags(text, markdown=True)] == ["definition", "reference"]


def test_inside_reference_spans_a_tag_line_refers() -> None:
    text = "# @TAG:TICKET:a\n# @TAG:TICKET:b\n# @TAG:TICKET:c\n"
    roles = [tag.role for tag in find_tags(text, reference_spans=[(16, 32)])]
    assert roles == ["definition", "reference", "definition"]


def test_only_tickets_and_functions_are_unique() -> None:
    assert sorted(name for name, category in CATEGORIES.items() if category.unique) == ["FUNCTION", "TICKET"]
    assert [tag.unique for tag in find_tags("@TAG:TICKET:a @TAG:FEATURE:a @TAG:NEW:a")] == [
        True,
        False,
        False,
    ]


def test_a_related_tag_may_name_the_category_it_means() -> None:
    tags = find_tags("@TAG:RELATED:FEATURE:search @TAG:RELATED:ranker @TAG:FEATURE:x")
    assert [tag.target for tag in tags] == [("FEATURE", "search"), (None, "ranker"), ("FEATURE", "x")]


def test_a_two_part_tag_is_an_alias_of_a_feature() -> None:
    (tag,) = find_tags("# @TAG:HYBRID-SEARCH")
    assert (tag.category, tag.value, tag.alias) == ("FEATURE", "hybrid-search", True)


MALFORMED = [
    ("tag-category-missing", "# @TAG: FEATURE:x", "# @TAG:FEATURE:x"),
    ("tag-category-missing", "# @TAG::x", "# @TAG:API:x"),
    ("tag-category-missing", "# @TAG:", "# about @TAG: itself"),
    ("tag-category-case", "# @TAG:feature:x", "# @TAG:FEATURE:x"),
    ("tag-category-case", "# @TAG:GLOBAL_project:x", "# @TAG:ASI-COMPONENT:x"),
    ("tag-category-unknown", "# @TAG:FEATUER:x", "# @TAG:INVOICE:x"),
    ("tag-value-empty", "# @TAG:FEATURE:", "# @TAG:CRITICAL"),
    ("tag-value-missing", "# @TAG:TICKET", "# @TAG:SECURITY"),
    ("tag-value-slug", "# @TAG:TICKET:Rank_Results", "# @TAG:TICKET:rank-results"),
    ("tag-value-slug", "# @TAG:REGRESSION-TESTING:login", "# @TAG:REGRESSION-TESTING:bug-42"),
    ("tag-value-date", "# @TAG:MODIFIED:2025-02-30", "# @TAG:MODIFIED:2024-02-29"),
    ("tag-value-date", "# @TAG:MODIFIED:20250220", "# @TAG:MODIFIED:2025-02-20"),
    ("tag-value-unknown", "# @TAG:GLOBAL-PROJECT:stage-9", "# @TAG:GLOBAL-PROJECT:stage-2-digital-twin"),
    ("tag-value-unknown", "# @TAG:DIGITAL-TWIN:percepton", "# @TAG:DIGITAL-TWIN:knowledge-retrieval-module"),
    ("tag-trailing-punctuation", "# @TAG:FEATURE:x.", "# see @TAG:FEATURE:x."),
    ("tag-without-category", "# @TAG:HYBRID-SEARCH", "# @TAG:FEATURE:hybrid-search"),
]


@pytest.mark.parametrize(("code", "invalid", "valid"), MALFORMED)
def test_every_tag_diagnostic_has_an_invalid_and_a_valid_example(code: str, invalid: str, valid: str) -> None:
    found = scan_tags(invalid).diagnostics
    assert [problem.code for problem in found] == [code]
    assert 0 <= found[0].start < found[0].end <= len(invalid)
    assert found[0].message
    assert found[0].suggestion
    assert scan_tags(valid).diagnostics == ()


def test_suggestions_say_what_to_write() -> None:
    assert scan_tags("# @TAG:feature_x:y").diagnostics[0].suggestion == "write @TAG:FEATURE-X:y"
    assert scan_tags("# @TAG:FEATUER:x").diagnostics[0].suggestion == "did you mean @TAG:FEATURE:x?"
    assert scan_tags("# @TAG:TICKET:Rank_It").diagnostics[0].suggestion == "write @TAG:TICKET:rank-it"
    assert scan_tags("# @TAG:DIGITAL-TWIN:percepton").diagnostics[0].suggestion == "did you mean perception?"


def test_the_sample_file_is_clean() -> None:
    assert scan_tags(FULL_FILE).diagnostics == ()


TAGGED = st.lists(
    st.sampled_from(
        [
            "@TAG:",
            "@TAG",
            "FEATURE",
            "Ticket",
            ":",
            "x-1",
            ".",
            " ",
            "\n",
            "\r\n",
            "#",
            "{",
            "é",
            "2025-01-20",
            ",",
        ]
    ),
    max_size=25,
).map("".join)


@settings(derandomize=True, max_examples=200)
@given(TAGGED | st.text(max_size=60))
def test_tags_are_disjoint_ordered_and_slice_to_their_own_spelling(text: str) -> None:
    scan = scan_tags(text)
    at = 0
    for tag in scan.tags:
        assert tag.start >= at
        at = tag.end
        own = text[tag.start : tag.end]
        wanted = f"@TAG:{tag.category}" + (f":{tag.value}" if tag.value is not None else "")
        assert own == wanted or (tag.alias and slugify(own[5:]) == tag.value)
        assert [(again.category, again.value) for again in find_tags(own)] == [(tag.category, tag.value)]
    assert all(0 <= problem.start < problem.end <= len(text) for problem in scan.diagnostics)


@settings(derandomize=True, max_examples=100)
@given(st.text(max_size=40))
def test_slugs_are_slugs_and_stay_themselves(text: str) -> None:
    slug = slugify(text)
    assert scan_tags(f"# @TAG:TICKET:{slug}").diagnostics == ()
    assert slugify(slug) == slug
