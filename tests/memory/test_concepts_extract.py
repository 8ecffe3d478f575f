"""What a file says of concepts: names, tags, headings, glossaries and statements."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from aifirst_memory.concepts.terms import as_concept, singular
from concepts_project import links_of, mentions_of, part_of, reading_of
from hypothesis import given, settings


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("OrderSerializer", "order serializer"),
        ("order_serializers", "order serializer"),
        ("HTTPServer2", "http server"),
        ("user-login", "user login"),
        ("Form fields", "form field"),
        ("_PrivateCache", "private cache"),
        ("parseURLs", "parse url"),
        ("Categories", "category"),
        ("Addresses", "address"),
        ("Databases", "database"),
        ("用户登录", "用户登录"),
        ("Größe", "größe"),
        ("GrößeÄndern", "größeändern"),
        ("naïveBayes", "naïve baye"),
        ("utils", ""),
        ("BaseModel", ""),
        ("T", ""),
        ("42", ""),
        ("", ""),
        ("ghp_" + "q7Rz2LmX9vTb4KpW8sYc1NdFq7Rz2LmX9vTb", ""),
        ("a phrase of so many words that it is a sentence", ""),
    ],
)
def test_a_name_becomes_the_words_of_a_concept(name: str, concept: str) -> None:
    assert as_concept(name) == concept


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=40))
def test_a_concept_names_itself(text: str) -> None:
    concept = as_concept(text)
    assert concept == concept.strip()
    assert as_concept(concept) == concept or any(not word.isascii() for word in concept.split())


@pytest.mark.parametrize("word", ["class", "status", "process", "series", "bus", "gas", "is", "s"])
def test_a_singular_stays(word: str) -> None:
    assert singular(word) == word


def test_classes_are_concepts_and_kinds_of_their_bases() -> None:
    text = "class OrderSerializer(base.ModelSerializer, Generic[T], metaclass=Meta):\n    pass\n"
    assert mentions_of("shop/orders.py", text) == {
        ("order serializer", "class"), ("order", "part"), ("serializer", "part"),
    }  # fmt: skip
    assert links_of("shop/orders.py", text) == {("order serializer", "is-a", "model serializer")}


@pytest.mark.parametrize(
    ("path", "text", "link"),
    [
        (
            "a.ts",
            "export class OrderView extends BaseView<Order> implements Printable {}",
            ("base view", "printable"),
        ),
        (
            "A.java",
            "class OrderView extends BaseView<Order> implements Printable { }",
            ("base view", "printable"),
        ),
        ("a.rb", "class OrderView < BaseView\nend\n", ("base view",)),
        ("a.cs", "class OrderView : BaseView, IPrintable { }", ("base view", "i printable")),
        ("a.cpp", "class OrderView : public views::BaseView { };", ("base view",)),
        ("a.kt", "class OrderView(val a: Int) : BaseView(a), Printable { }", ("base view", "printable")),
        (
            "a.php",
            "<?php class OrderView extends BaseView implements Printable {}",
            ("base view", "printable"),
        ),
    ],
)
def test_class_headers_of_other_languages_are_understood(path: str, text: str, link: tuple[str, ...]) -> None:
    assert links_of(path, text) == {("order view", "is-a", base) for base in link}


def test_what_tests_make_up_defines_no_concept() -> None:
    text = "class OrderSerializerTests(TestCase):\n    pass\nclass FakeOrder(Order):\n    pass\n"
    assert mentions_of("tests/test_orders.py", text) == {
        ("order serializer", "test"),
        ("fake order", "test"),
        ("order", "test"),
    }
    assert links_of("tests/test_orders.py", text) == set()


def test_files_and_folders_name_concepts() -> None:
    part = part_of("shop/order_items/src/price_list.py", "")
    assert {(m.concept, m.role, m.unit) for m in part.mentions} == {
        ("price list", 7, 0),
        ("order item", 6, 0),
    }


def test_names_of_several_functions_share_a_term() -> None:
    names = ("render_form_field", "clean_form_fields", "get_value_list", "set_value_list")
    text = "".join(f"def {name}(): pass\n" for name in names)
    assert ("form field", "name") in mentions_of("a.py", text)
    assert ("form field", "name") not in mentions_of("a.py", "def render_form_field(): pass\n")
    assert not any("value" in concept for concept, _ in mentions_of("a.py", text))


def test_prose_says_a_term_again_and_again() -> None:
    text = "# Notes\n\n" + "The form field knows its widget. " * 3
    assert ("form field", "glue") in mentions_of("a.md", text)
    assert ("form field", "glue") not in mentions_of("a.md", "The form field knows its widget.")


_TAGGED = """\
# @TAG:TICKET:login-flow
# @TAG:FEATURE:user-login
# @TAG:COMPONENT:password-check
# @TAG:FUNCTION:hash-password
# @TAG:RELATED:COMPONENT:session-store
# @TAG:MODIFIED:2026-01-02
def hash_password(): pass
"""


def test_tags_are_concepts_in_their_hierarchy() -> None:
    assert mentions_of("a.py", _TAGGED) >= {
        ("login flow", "ticket"), ("user login", "label"), ("password check", "label"), ("hash password", "tag"),
        ("session store", "glue"),
    }  # fmt: skip
    assert links_of("a.py", _TAGGED) == {
        ("password check", "part-of", "user login"),
        ("hash password", "part-of", "password check"),
        ("login flow", "documents", "user login"),
        ("login flow", "documents", "password check"),
        ("login flow", "documents", "hash password"),
        ("user login", "related-to", "session store"),
    }


def test_a_tag_in_a_string_is_none() -> None:
    assert mentions_of("a.py", 'x = "@TAG:FEATURE:user-login"\n') == set()


_DOCUMENT = """\
# Form fields

## Installation

- **Fast**: not a definition, only bold.

## Glossary

- **Bound field**: a field with its data.
- **Widget** (HTML): what draws a field.

| Term | Meaning |
|---|---|
| form set | several forms |
| `cleaned data` | what passed |

```
# Not a heading
**Not a term**: code
```
"""


def test_headings_and_glossaries_declare_terms() -> None:
    assert mentions_of("guide.md", _DOCUMENT) == {
        ("form field", "heading"),
        ("bound field", "glossary"),
        ("widget", "glossary"),
        ("form set", "glossary"),
        ("cleaned data", "glossary"),
    }


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ("- **Eager loading** conflicts with `LazyLoading`.", ("eager loading", "lazy loading")),
        ("The order cache replaces the price cache.", ("order cache", "price cache")),
        ("Use the order cache instead of a price cache.", ("order cache", "price cache")),
        ("@TAG:FEATURE:fast-path conflicts with @TAG:FEATURE:audit-log", ("fast path", "audit log")),
    ],
)
def test_a_statement_of_conflict_is_a_link(line: str, link: tuple[str, str]) -> None:
    assert (link[0], "conflicts-with", link[1]) in links_of("a.md", f"# T\n\n{line}\n")


def test_code_without_tickets_states_no_conflicts() -> None:
    assert links_of("a.py", "# The order cache replaces the price cache.\n") == set()


@settings(derandomize=True, max_examples=120, deadline=None)
@given(
    st.sampled_from(["a.py", "b.md", "c.ts", "D.java", "tests/e.rb", "f.cpp"]),
    st.lists(
        st.sampled_from(
            ["class ", "A", "Order", "(", ")", "{", "}", "<", ">", ":", "\n", "# ", "@TAG:", "FEATURE:", "x-y", "**",
             "| Term |", "|---|", "|", "def f_g", "用", "\u00df", "```", "TICKET", "replaces", " ", "extends "]
        ),
        max_size=40,
    ).map("".join),
)  # fmt: skip
def test_broken_texts_are_read_and_give_the_same_each_time(path: str, text: str) -> None:
    part = part_of(path, text)
    assert part == part_of(path, text)
    units = len(reading_of(path, text).units)
    assert all(m.concept and 0 <= m.unit < units and m.count > 0 for m in part.mentions)
    keys = [(m.concept, m.unit, m.role) for m in part.mentions]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("# Glossary\n" + "**a" * 100_000, set[str]()),
        ("# Glossary\n" + "**" + " " * 300_000 + "a**: b", set[str]()),
        ("| Term |\n|---|\n" + "| order list\n" * 60_000, set[str]()),
        ("| Term |\n|---|\n" + "| order list |" + "\n| " * 60_000, {"order list"}),
        ("# Order list\n" + "```\n" * 60_001, {"order list"}),
        ("```\na\n```\n# Order list\n" * 20_000, {"order list"}),
        ("use " * 100_000 + "a instead of b", set[str]()),
        ("- " * 100_000 + "a conflicts with b", set[str]()),
        ("a-" * 150_000 + "a replaces b", set[str]()),
        ("# " * 150_000, set[str]()),
    ],
    ids=["open bold", "blanks", "open cells", "empty cells", "fences", "headings between fences", "uses", "bullets",
         "a long word", "marks of headings"],
)  # fmt: skip
def test_a_hostile_document_is_read_at_once(text: str, concepts: set[str]) -> None:
    declared = {concept for concept, role in mentions_of("a.md", text) if role in {"heading", "glossary"}}
    assert declared == concepts
