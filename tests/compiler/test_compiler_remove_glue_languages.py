"""Glue leaves every language of the registry as the same program, at the places where a comment is more than a blank."""

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, CompileOptions, Mode


def compiled(path: str, text: str, mode: Mode = "clean") -> CompiledFile:
    return compile_source(decode_source(path, text.encode()), CompileOptions(mode=mode))


def check(path: str, before: str, after: str, mode: Mode = "clean") -> None:
    """The output is `after`, was proved, and compiles to itself."""
    result = compiled(path, before, mode)
    assert result.data.decode() == after
    assert not result.copied, result.copied
    assert compiled(path, after, mode).data.decode() == after


SCRIPT = [
    ("a = 1; // one\n/* two */\nb = 2;\n", "a = 1;\nb = 2;\n"),
    ("function f() {\n  return /*\n  */ 1;\n}\n", "function f() {\n  return\n1;\n}\n"),
    ("function f() {\n  return /* one */ 1;\n}\n", "function f() {\n  return 1;\n}\n"),
    ("a = 1/**/+/**/+b\n", "a = 1 + +b\n"),
    ("let x = a/**/in b\n", "let x = a in b\n"),
    ("f(/* first */ a, b /* second */)\n", "f(a, b)\n"),
    ("f(a/* x */, b)\n", "f(a, b)\n"),
    (
        "r = /[/*]/; s = '/* no */'; t = `// no ${ 1 /* yes */ }`\n",
        "r = /[/*]/; s = '/* no */'; t = `// no ${ 1 }`\n",
    ),
    ("/** Doc. */\nexport function f() {}\n", "export function f() {}\n"),
    ("/*! licence */\nf()\n", "/*! licence */\nf()\n"),
    ("// eslint-disable-next-line no-undef\nf()\n", "// eslint-disable-next-line no-undef\nf()\n"),
    ("x = f() // @ts-ignore\n", "x = f() // @ts-ignore\n"),
    ("import(/* webpackChunkName: 'a' */ './a')\n", "import(/* webpackChunkName: 'a' */ './a')\n"),
    ("const a = /* @__PURE__ */ f()\n", "const a = /* @__PURE__ */ f()\n"),
    ("/* a */ x = 1\n", "x = 1\n"),
    ("x = 1 /* a\nb */ // c\ny = 2\n", "x = 1\ny = 2\n"),
    ("#!/usr/bin/env node\n// why\nf()\n", "#!/usr/bin/env node\nf()\n"),
    ("'use strict' // why\nf()\n", "'use strict'\nf()\n"),
]


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
@pytest.mark.parametrize(("before", "after"), SCRIPT)
def test_script(path: str, before: str, after: str) -> None:
    check(path, before, after)


def test_script_with_elements() -> None:
    check("a.jsx", "x = <p>{/* why */}</p> // two\n", "x = <p>{}</p>\n")
    check("a.jsx", "x = <p>// no comment</p>\n", "x = <p>// no comment</p>\n")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "a.go",
            "package a\n\n// F does.\nfunc F() int { return 1 } // one\n",
            "package a\n\nfunc F() int { return 1 }\n",
        ),
        (
            "a.go",
            "//go:build linux\n\npackage a\n\n//go:noinline\nfunc f() {}\n",
            "//go:build linux\n\npackage a\n\n//go:noinline\nfunc f() {}\n",
        ),
        (
            "a.go",
            'package a\n\n// #include <stdio.h>\n// why\nimport "C"\n',
            'package a\n\n// #include <stdio.h>\n// why\nimport "C"\n',
        ),
        (
            "a.go",
            "package a\n\nfunc f() int {\n\treturn 1 /* a\n*/ }\n",
            "package a\n\nfunc f() int {\n\treturn 1\n}\n",
        ),
        ("a.c", "#define A 1 /* one */\n#define B(x) \\\n  /* in it */ x\nint a/**/b;\n", None),
        ("a.c", "#define A 1 /* one\n two */ + 2\nint x; // last \\\n still\nint y;\n", None),
        ("a.c", "int x = 1; /* one */ int y;\n", "int x = 1; int y;\n"),
        ("a.c", 'char *s = "/* no */"; // yes\n', 'char *s = "/* no */";\n'),
        (
            "a.c",
            "switch (x) {\n  case 1: f(); /* fall through */\n  case 2: g();\n}\n",
            "switch (x) {\n  case 1: f(); /* fall through */\n  case 2: g();\n}\n",
        ),
        ("a.cpp", 'auto s = R"(// no)"; // yes\n', 'auto s = R"(// no)";\n'),
        ("a.java", "/** Doc. */\nclass A { // why\n  int x; /* one */\n}\n", "class A {\n  int x;\n}\n"),
        ("a.cs", "/// <summary>Doc.</summary>\nclass A { int x; /* one */ }\n", "class A { int x; }\n"),
        ("a.kt", "/** Doc. */\nfun f() = 1 // one\n", "fun f() = 1\n"),
        ("a.rs", "//! Crate.\n\n/// Doc.\nfn f() -> u8 { 1 } // one\n", "fn f() -> u8 { 1 }\n"),
        (
            "a.rs",
            "#![deny(missing_docs)]\n/// Doc.\npub fn f() {} // one\n",
            "#![deny(missing_docs)]\n/// Doc.\npub fn f() {}\n",
        ),
        (
            "a.rs",
            "#[derive(Parser)]\nstruct A {\n    /// Help.\n    x: u8, // why\n}\n",
            "#[derive(Parser)]\nstruct A {\n    /// Help.\n    x: u8,\n}\n",
        ),
        ("a.php", "<?php\n// why\n$x = 1; # one\n", "<?php\n$x = 1;\n"),
        (
            "a.php",
            '<?php\n/**\n * @ORM\\Column(type="string")\n */\nclass A {}\n',
            '<?php\n/**\n * @ORM\\Column(type="string")\n */\nclass A {}\n',
        ),
        (
            "a.php",
            "<p>/* text */</p>\n<?php $x = 1; // why ?>\n<b>\n",
            "<p>/* text */</p>\n<?php $x = 1; ?>\n<b>\n",
        ),
        (
            "a.rb",
            "# frozen_string_literal: true\n# why\nx = 1 # one\n=begin\nlong\n=end\ny = 2\n",
            "# frozen_string_literal: true\nx = 1\ny = 2\n",
        ),
        ("a.rb", "x = <<~E # why\n  # no\nE\n__END__\n# no\n", "x = <<~E\n  # no\nE\n__END__\n# no\n"),
        ("a.sql", "-- why\nSELECT /*+ INDEX(a b) */ 1; -- one\n", "SELECT /*+ INDEX(a b) */ 1;\n"),
        ("a.sql", "/*!40101 SET NAMES utf8 */;\nSELECT 1 /* one */;\n", None),
        (
            "a.sh",
            '#!/bin/sh\n# why\ncat <<E # one\n# no\nE\necho a#b $# "# no" # yes\n',
            '#!/bin/sh\ncat <<E\n# no\nE\necho a#b $# "# no"\n',
        ),
        ("a.sh", "cmd a \\\n  # why\nnext\n", "cmd a\nnext\n"),
        ("a.css", "/* why */\na/* x */.b { color: red; /* one */ }\n", "a/**/.b { color: red; }\n"),
        ("a.css", ".a /* x */ .b { width/**/: 1px }\n", None),
        (
            "a.html",
            "<!-- why -->\n<p>a</p><!--[if IE]><b><![endif]-->\n",
            "<p>a</p><!--[if IE]><b><![endif]-->\n",
        ),
        ("a.toml", '# why\n[a] # one\nb = "# no"\n', '[a]\nb = "# no"\n'),
        ("a.yaml", "# why\na: 1 # one\nb: |\n  # no\nc: 'x # no'\n", "a: 1\nb: |\n  # no\nc: 'x # no'\n"),
        ("a.yaml", "a: |+\n  text\n# why\n\n\nb: 1\n", "a: |+\n  text\nb: 1\n"),
        ("a.json", '{\n  // why\n  "a": 1 /* one */\n}\n', '{\n  "a": 1\n}\n'),
    ],
)
def test_language(path: str, before: str, after: str | None) -> None:
    if after is not None:
        check(path, before, after)
        return
    result = compiled(path, before)  # what exactly goes is the grammar's to see; that it is proved is not
    assert not any(warned.code == "compiler-bug" for warned in result.warnings)
    assert len(result.data) <= len(before.encode())


def test_prose_is_copied() -> None:
    text = "# Title\n\n<!-- why -->\n\nText.\n"
    assert compiled("a.md", text).data.decode() == text


def test_documented_cuts_documentation_comments() -> None:
    check(
        "a.java",
        "/**\n * Says it.\n *\n * @param x it\n */\nclass A {}\n",
        "/** Says it. */\nclass A {}\n",
        "documented",
    )
    check("a.rs", "/// Says it.\n/// At length.\nfn f() {}\n", "/// Says it.\nfn f() {}\n", "documented")


def test_structural_leaves_assembly_lines() -> None:
    check(
        "a.js",
        "// why\n// @assembly:a @order:1\nf() // two\n",
        "// @assembly:a @order:1\nf()\n",
        "structural",
    )


def test_code_that_does_not_parse_is_copied_and_told() -> None:
    result = compiled("a.js", "// why\nfunction ( {\n")
    assert result.copied == "it does not parse"
    assert result.warnings[0].code == "does-not-parse"


DEPRECATED = "/**\n   * Old.\n   * @deprecated use b\n   */\n  "


@pytest.mark.parametrize(
    ("below", "stays"),
    [
        ("@Deprecated\n  void a() {}", False),
        ('@SuppressWarnings({"a)", "b"}) // why\n  /* so */ @Deprecated(since = "1") void a() {}', False),
        ("void a() {}\n  @Deprecated void b() {}", True),
        ("@DeprecatedApi void a() {}", True),
        ("@Inject(x()) void a() {}", True),
    ],
)
def test_documentation_that_marks_what_is_deprecated_goes_where_an_annotation_marks_it_too(
    below: str, stays: bool
) -> None:
    source = decode_source("a.java", f"class A {{\n  {DEPRECATED}{below}\n}}\n".encode())
    made = compile_source(source, CompileOptions()).data.decode()
    assert ("use b" in made) == stays
    assert made.count("@") >= below.count("@")


def test_long_runs_of_annotations_are_looked_at_in_no_time() -> None:
    text = "class A {\n  /** @deprecated x */\n" + '  @A("" )\n' * 20_000 + "  void a() {}\n}\n"
    made = compile_source(decode_source("a.java", text.encode()), CompileOptions())
    assert b"@deprecated" in made.data
