"""The law of level 5: whatever changes led there, tables and answers are those of an index made anew."""

from __future__ import annotations

import hypothesis.strategies as st
from aifirst_memory.concepts.queries import (
    concepts_of,
    double_definitions,
    files_sharing_concepts,
    find_concepts,
    units_of,
)
from aifirst_memory.concepts.relations import related
from concepts_project import ConceptsProject
from hypothesis import given, settings

_TEXTS = {
    ".py": [
        "",
        "class OrderSerializer(Serializer): pass\nclass Order: pass\n",
        "class Serializer: pass\n",
        "class OrderItem(Order): pass\ndef f():\n    class Order: pass\n",
        "# @TAG:FUNCTION:price-check\n# @TAG:RELATED:order-cache\ndef f(): pass\n",
        "# @TAG:FEATURE:order-cache\n# @TAG:FUNCTION:price-check\ndef f(): pass\n",
        "def load_price_list(): pass\ndef save_price_lists(): pass\n",
        "class (:\n",
    ],
    ".md": [
        "# Price list\n\nThe order cache replaces the price cache.\n",
        "# Glossary\n\n- **Price cache**: keeps prices.\n- **Order cache**: keeps orders.\n",
        "# Price check\n",
    ],
}
_PATHS = [
    "shop/orders.py",
    "shop/serializer.py",
    "shop/price_list.py",
    "tests/test_orders.py",
    "doc/a.md",
    "doc/b.md",
]


@st.composite
def _writing(draw: st.DrawFn) -> tuple[str, str, str]:
    path = draw(st.sampled_from(_PATHS))
    return "write", path, draw(st.sampled_from(_TEXTS[path[path.rindex(".") :]]))


_steps = st.lists(
    st.one_of(
        _writing(),
        st.tuples(st.just("remove"), st.sampled_from(_PATHS), st.just("")),
        st.tuples(
            st.just("rename"),
            st.sampled_from(_PATHS[:3]),
            st.sampled_from(["shop/cache/orders.py", *_PATHS[:4]]),
        ),
        st.tuples(st.just("finish"), st.just(""), st.just("")),
    ),
    max_size=12,
)


def _answers(project: ConceptsProject) -> list[object]:
    connection = project.connection
    concepts = [
        "order serializer",
        "serializer",
        "order",
        "price check",
        "price cache",
        "order cache",
        "price list",
    ]
    found: list[object] = [
        find_concepts(connection, "the order cache and price list serializers"),
        double_definitions(connection),
    ]
    for concept in concepts:
        found.append(related(connection, concept))
        found.append([(one.path, one.unit, one.role, one.count) for one in units_of(connection, concept)])
    for path in sorted(project.texts):
        found += [concepts_of(connection, path), files_sharing_concepts(connection, path)]
    return found


@settings(derandomize=True, max_examples=80, deadline=None)
@given(_steps)
def test_any_series_of_changes_leads_to_what_a_rebuild_gives(steps: list[tuple[str, str, str]]) -> None:
    project = ConceptsProject()
    for what, path, other in steps:
        if what == "write":
            project.write({path: other})
        elif what == "remove":
            project.remove(path)
        elif what == "rename":
            project.rename(path, other)
        else:
            project.finish()
    rebuilt = ConceptsProject(dict(sorted(project.texts.items())))
    rebuilt.finish()
    assert project.dump() == rebuilt.dump()
    assert _answers(project) == _answers(rebuilt)


def test_what_is_removed_leaves_nothing_behind() -> None:
    project = ConceptsProject({"a.py": _TEXTS[".py"][1], "b.py": _TEXTS[".py"][4], "c.md": _TEXTS[".md"][0]})
    for path in ("a.py", "b.py", "c.md"):
        project.remove(path)
    left = project.connection.execute(
        "SELECT term_id FROM concepts_term UNION ALL SELECT word FROM concepts_word"
        " UNION ALL SELECT term_id FROM concepts_mention UNION ALL SELECT file_id FROM concepts_file"
        " UNION ALL SELECT subject FROM concepts_link"
    )
    assert left.fetchall() == []
