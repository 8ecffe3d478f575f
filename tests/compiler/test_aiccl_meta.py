"""The resolution `meta`: files, public names and uses in one diagram, and back."""

from __future__ import annotations

import pytest
from aiccl_readings import reading_of
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.meta import meta_ids, write_meta
from hypothesis import given, settings
from hypothesis import strategies as st

FILES = [
    ("pack/b.py", "class Open(Base):\n    def method(self): pass\ndef run(): pass\ndef _hidden(): pass\n"
     "def run(a): pass\n"),
    ("a.go", "package a\n\ntype Box struct{}\n\nfunc (b Box) Size() int { return 1 }\nfunc New() Box { return Box{} }\n"
     "func own() {}\n"),
    ("pack/c.ts", "export class Shown {}\nclass Not {}\nexport const add = (a: number) => a\n"),
    ("pack/d.js", "class Seen {}\nfunction too() {}\n"),
]  # fmt: skip


def test_the_diagram_has_folders_files_names_and_uses() -> None:
    uses = [
        ("pack/c.ts", "pack/d.js"),
        ("a.go", "pack/c.ts"),
        ("a.go", "pack/b.py"),
        ("a.go", "a.go"),
        ("a.go", "gone"),
    ]
    document = write_meta([reading_of(*file) for file in FILES], uses, share=1)
    assert (
        document.text
        == """\
<comp:mermaid>
graph LR
1["a.go Box New"]
subgraph f2["pack"]
2["b.py Open run"]
3["c.ts Shown add"]
4["d.js Seen too"]
end
1-->2 & 3
3-->4
</comp:mermaid>
"""
    )
    found = meta_ids(document.text)
    assert found.names["pack/b.py"] == ["Open", "run"]
    assert found.uses == [("a.go", "pack/b.py"), ("a.go", "pack/c.ts"), ("pack/c.ts", "pack/d.js")]
    assert document.tokens == get_counter().count(document.text)


def test_a_large_diagram_says_what_folders_use() -> None:
    files = [("a/x.py", ""), ("a/y.py", ""), ("b/z.py", ""), ("top.py", "")]
    uses = [
        ("a/x.py", "b/z.py"),
        ("a/y.py", "b/z.py"),
        ("a/x.py", "a/y.py"),
        ("b/z.py", "top.py"),
        ("top.py", "a/x.py"),
    ]
    document = write_meta([reading_of(*file) for file in files], uses, share=0)
    assert document.text.split("end\n")[-1] == "1-->f2\nf2-->f4\nf4-->1\n</comp:mermaid>\n"
    assert meta_ids(document.text).uses == [("top.py", "a"), ("a", "b"), ("b", "top.py")]


PATHS = ['a"b/x y.py', "#35;.py", "a/<comp:code>.py", "end/end.py", "z\n/q.py", "a/b/c.py", "é.py"]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PATHS), unique=True))
def test_paths_names_and_uses_are_read_back(chosen: list[str]) -> None:
    readings = [reading_of(path, f"def f{index}(): pass\n") for index, path in enumerate(chosen)]
    uses = {(path, other) for path in chosen for other in chosen[:2] if path != other}
    found = meta_ids(write_meta(readings, uses, share=9).text)
    assert found.names == {path: [f"f{index}"] for index, path in enumerate(chosen)}
    assert set(found.uses) == uses


@pytest.mark.parametrize(
    "text", ["", "<comp:mermaid>\ngraph TD\n</comp:mermaid>", "<comp:mermaid>\n1-->2\n</comp:mermaid>"]
)
def test_another_document_is_an_error_with_a_next_step(text: str) -> None:
    with pytest.raises(AicclError) as error:
        meta_ids(text)
    assert error.value.next_step
