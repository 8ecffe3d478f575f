"""The small layout of languages other than Python: what white space goes in each, and that every token stays."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from hypothesis import given, settings
from hypothesis import strategies as st

OPTIONS = CompileOptions(minify="tokens")


def small(path: str, text: str) -> str:
    """The file compiled to its smallest; what was copied or reported fails the test."""
    compiled = compile_source(decode_source(path, text.encode()), OPTIONS)
    assert not compiled.warnings
    assert not compiled.copied
    return compiled.data.decode()


GO = """// Package a is one.
package a

import (
	"fmt"
	"os"
)

//go:generate stringer -type=A

type A struct {
	x, y int // both
}

func (a *A) Sum(ch <-chan int, more ...string) (int, error) {
	if a.x == -1 && ! ok {
		return a.x + <-ch, fmt.Errorf("a  b %d",
			a.x)
	}
	switch n := a.y; {
	case n > 1:
		a.y ++
	default:
	}
	return a.x,
		nil
}
"""
SMALL_GO = """package a
import("fmt"
"os"
)

//go:generate stringer -type=A

type A struct{x,y int}
func(a*A)Sum(ch<-chan int,more...string)(int,error){if a.x==-1&&!ok{return a.x+ <-ch,fmt.Errorf("a  b %d",a.x)}
switch n:=a.y;{case n>1:a.y++
default:}
return a.x,nil}
"""


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param("a.go", GO, SMALL_GO, id="Go keeps newlines that end a statement"),
        pytest.param(
            "A.java",
            "/** Doc. */\nclass A {\n    int a = b - -1, c = d & -e ;\n    @Deprecated  public int f ( ) {\n"
            '        return x instanceof B ? "a // b" . length ( ) : 1 ; // why\n    }\n}\n',
            'class A{int a=b- -1,c=d&-e;@Deprecated public int f(){return x instanceof B?"a // b".length():1;}}\n',
            id="Java",
        ),
        pytest.param(
            "a.cs",
            "#if DEBUG\nusing System ;\n#endif\nclass A {\n    #region x\n    int B => 1 ;\n    #endregion\n"
            '    string C = $"a { B }" ;\n}\n',
            '#if DEBUG\nusing System;\n#endif\nclass A{\n#region x\nint B=>1;\n#endregion\nstring C=$"a { B }";}\n',
            id="directives of C# keep their lines",
        ),
        pytest.param(
            "a.c",
            '#include <a.h>\n\n#define F(x) # x\nint f ( void )\n{\n    /* c */ return STR ( a  +  b ) + - 1 ;\n}\n',
            "#include <a.h>\n#define F(x) # x\nint f( void )\n{\nreturn STR( a + b )+ - 1;\n}\n",
            id="C keeps lines, and a space in what may be an argument of a macro",
        ),
        pytest.param(
            "a.rs",
            "fn f<'a>(x: &'a str) -> bool {\n    assert!(x == \"a\"); // b\n    return \"a\" == x && *y > - 1;\n}\n",
            "fn f<'a>(x:&'a str)->bool{assert!(x == \"a\");return \"a\"==x&& *y> - 1;}\n",
            id="Rust keeps words from quotes, and macros as they are",
        ),
        pytest.param(
            "a.php",
            "<?php\n// why\nfunction f ( $a )\n{\n    return $a . 5 . 'x' . <<<EOT\n  a  b\nEOT;\n}\n",
            "<?php\nfunction f($a){return $a. 5 .'x'. <<<EOT\n  a  b\nEOT;}\n",
            id="PHP keeps a dot from a digit, and heredocs",
        ),
        pytest.param(
            "a.css",
            "/* a */\n@media tv and (width: 1px) {\n  a > b , c d :hover {\n    margin : -1px  calc( 1px + 2px ) }\n}\n",
            "@media tv and (width: 1px){a > b,c d :hover{margin : -1px calc( 1px + 2px )}}\n",
            id="CSS keeps what parts selectors and values",
        ),
        pytest.param("a.json", '{\n  "a b": [1, -2 ],\n  "c": null\n}\n', '{"a b":[1,-2],"c":null}\n', id="JSON"),
        pytest.param(
            "a.kt",
            'fun f(a: Int): Int {\n    // why\n    val b = a\n\n        + 1\n    return b\n}\n',
            "fun f(a: Int): Int {\nval b = a\n+ 1\nreturn b\n}\n",
            id="Kotlin keeps lines",
        ),
        pytest.param(
            "a.rb",
            "# a\ndef f(a)\n  puts [a], <<~B\n    x  y\n  B\n\n  a -1\nend\n",
            "def f(a)\nputs [a], <<~B\n    x  y\n  B\na -1\nend\n",
            id="Ruby keeps lines, spaces and heredocs",
        ),
    ],
)  # fmt: skip
def test_white_space_goes_by_the_rules_of_the_language(path: str, before: str, after: str) -> None:
    assert small(path, before) == after
    assert small(path, after) == after


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.yaml", "a:\n  - b\n"), ("a.sh", "if  a; then\n  b\nfi\n"), ("a.toml", "[a]\nb  = 1\n")],
)
def test_languages_whose_white_space_means_too_much_keep_it(path: str, text: str) -> None:
    assert small(path, text) == text


def test_a_licence_header_stays_with_its_lines() -> None:
    text = "/*\n * Copyright me\n */\n\npackage a;\n\n// why\nclass A { }\n"
    assert small("A.java", text) == "/*\n * Copyright me\n */\n\npackage a;class A{}\n"


def test_carriage_returns_stay_where_newlines_do() -> None:
    assert small("a.go", "package a\r\n\r\nvar x = 1\r\n") == "package a\r\nvar x=1\r\n"


@pytest.mark.skipif(shutil.which("gofmt") is None, reason="Go is not installed")
def test_gofmt_reads_what_it_read_before(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text(SMALL_GO, encoding="utf-8")
    formatted = subprocess.run(["gofmt", "-e", tmp_path / "a.go"], capture_output=True, text=True, check=True)
    assert "return a.x + <-ch" in formatted.stdout


TOKENS = st.sampled_from(['"s  t"', "'c'", "a", "b1", "1", "2.5", "0x1f", "==", "&&", *"+-*/%&|^<>!()[].,?:"])
WHITE = st.sampled_from(["", " ", "  ", "\n", "\n    ", " /* c */ ", " // d\n"])


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(TOKENS, WHITE), min_size=1, max_size=12),
    st.sampled_from(["A.java", "a.cs", "a.go", "a.rs"]),
)
def test_whatever_stands_beside_each_other_stays_apart(parts: list[tuple[str, str]], path: str) -> None:
    inner = "".join(token + white for token, white in parts)
    frames = {
        "A.java": "class A { int x = %s\n; }\n",
        "a.cs": "class A { int x = %s\n; }\n",
        "a.go": "package a\nvar x = %s\n",
        "a.rs": "fn f() { let x = %s\n; }\n",
    }
    source = decode_source(path, (frames[path] % inner).encode())
    compiled = compile_source(source, OPTIONS)
    bugs = [warned.message for warned in compiled.warnings if warned.code == "compiler-bug"]
    assert not bugs
    if not compiled.copied:
        language = language_named({"A.java": "java", "a.cs": "csharp", "a.go": "go", "a.rs": "rust"}[path])
        tree = language.parse(compiled.data)
        assert tree is not None
        assert not tree.root_node.has_error
