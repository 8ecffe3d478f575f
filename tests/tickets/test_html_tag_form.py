"""The HTML form of tags in Markdown: pairs, dimensions, and its six rules."""

import pytest
from aifirst_codebase.tickets import find_html_tags
from hypothesis import given, settings
from hypothesis import strategies as st

LONG = "Words enough to need an end, and a few more of them here."


def test_a_tag_spans_its_content() -> None:
    text = "# Doc\n<!--TAG:component:search-->Ranks.<!--/TAG:component:search-->\n<!--TAG:note-->\nshort\n"
    first, second = find_html_tags(text).tags
    assert (first.id, first.dimension, first.closed) == ("component:search", "component", True)
    assert text[first.start : first.end] == "<!--TAG:component:search-->"
    assert text[first.content_start : first.content_end] == "Ranks."
    assert (second.id, second.dimension, second.closed) == ("note", None, False)
    assert text[second.content_start : second.content_end] == "\nshort\n"
    assert find_html_tags(text).diagnostics == ()


def test_tags_may_nest() -> None:
    text = "<!--TAG:a--><!--TAG:b-->x<!--/TAG:b--><!--/TAG:a-->"
    outer, inner = find_html_tags(text).tags
    assert text[outer.content_start : outer.content_end] == "<!--TAG:b-->x<!--/TAG:b-->"
    assert text[inner.content_start : inner.content_end] == "x"


def test_of_two_open_tags_of_one_name_the_inner_one_is_closed_first() -> None:
    outer, inner = find_html_tags("<!--TAG:a-->x<!--TAG:a-->y<!--/TAG:a-->").tags
    assert (outer.closed, inner.closed) == (False, True)


def test_examples_in_code_are_left_out() -> None:
    text = "```md\n<!--TAG:a-->\n```\n`<!--TAG:b-->`\n~~~\n<!--TAG:c-->\n"
    assert find_html_tags(text).tags == ()


@pytest.mark.parametrize(
    ("code", "invalid", "valid"),
    [
        ("html-tag-id", "<!--TAG:9lives-->", "<!--TAG:lives9-->"),
        ("html-tag-unopened", "<!--/TAG:a-->", "<!--TAG:a--><!--/TAG:a-->"),
        ("html-tag-unclosed", f"<!--TAG:a-->{LONG}", f"<!--TAG:a-->{LONG}<!--/TAG:a-->"),
        ("html-tag-repeated", "<!--TAG:a--><!--TAG:a-->", "<!--TAG:a--><!--TAG:b-->"),
        (
            "html-tag-count",
            "".join(f"<!--TAG:t{n}-->" for n in range(7)),
            "".join(f"<!--TAG:t{n}-->" for n in range(6)),
        ),
    ],
)
def test_every_html_tag_diagnostic_has_both_examples(code: str, invalid: str, valid: str) -> None:
    found = find_html_tags(invalid).diagnostics
    assert [problem.code for problem in found] == [code]
    assert invalid[found[0].start : found[0].end].startswith("<!--")
    assert find_html_tags(valid).diagnostics == ()


PIECES = ["<!--TAG:", "<!--/TAG:", "-->", "a", "b:c", " ", "\n", "```", "`", "<", "x" * 60]


@settings(derandomize=True, max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40))
def test_any_text_is_read_and_spans_lie_inside_it(text: str) -> None:
    scan = find_html_tags(text)
    for tag in scan.tags:
        assert text[tag.start : tag.end].startswith("<!--")
        assert tag.end == tag.content_start <= tag.content_end <= len(text)
    assert all(0 <= problem.start < problem.end <= len(text) for problem in scan.diagnostics)
