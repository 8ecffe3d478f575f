"""Comments of JavaScript, TypeScript and TSX files: what is glue, and what is kept."""

import pytest
from language_checks import check_glue, check_kept

FAMILY = ["javascript", "typescript", "tsx"]


@pytest.mark.parametrize("language", FAMILY)
def test_comments_are_glue_wherever_they_stand(language: str) -> None:
    check_glue(
        language,
        """\
"use strict";
/** Doc of f. */
function f(a /* first */, b) { // end
  return "// no" + `/* no ${/* yes */ a}` + /\\/\\*no*/.test(b);
}
/* a
 * b */ f();
let x = 1 /* over
lines */
let y = 2/**/+3
""",
        [
            "/** Doc of f. */",
            "/* first */",
            "// end",
            "/* yes */",
            "/* a\n * b */",
            "/* over\nlines */",
            "/**/",
        ],
    )


@pytest.mark.parametrize("language", ["javascript", "tsx"])
def test_comments_in_markup_are_glue(language: str) -> None:
    check_glue(
        language,
        "const v = <a href='//no' /* yes */>\n  {/* also */}\n  // text\n</a>;\n",
        ["/* yes */", "/* also */"],
    )


@pytest.mark.parametrize("language", FAMILY)
def test_what_tools_read_is_kept(language: str) -> None:
    check_kept(
        language,
        """\
#!/usr/bin/env node
/* eslint-disable no-console -- because */
/// <reference types="node" />
// @ts-check
/** @jsx h */

/*
 * Copyright (c) 2020 A. Person
 */
/*! kept by minifiers */
// @ts-expect-error
// prettier-ignore
// biome-ignore lint: reason
const a = import(/* webpackChunkName: "a" */ "./a"); // eslint-disable-line
const b = /*#__PURE__*/ make(/* istanbul ignore next */ 1);
/**
 * @license MIT
 */
/** @param a @returns b */
/* v8 ignore start */
// c8 ignore next
// deno-lint-ignore no-explicit-any
// oxlint-disable
//# sourceMappingURL=a.js.map
""",
        """\
pragma /* eslint-disable no-console -- because */
pragma /// <reference types="node" />
pragma // @ts-check
pragma /** @jsx h */
licence /*
pragma /*! kept by minifiers */
pragma // @ts-expect-error
pragma // prettier-ignore
pragma // biome-ignore lint: reason
pragma /* webpackChunkName: "a" */
pragma // eslint-disable-line
pragma /*#__PURE__*/
pragma /* istanbul ignore next */
pragma /**
pragma /* v8 ignore start */
pragma // c8 ignore next
pragma // deno-lint-ignore no-explicit-any
pragma // oxlint-disable
pragma //# sourceMappingURL=a.js.map
""",
    )


def test_flow_annotations_in_comments_are_kept() -> None:
    check_kept(
        "javascript",
        "/* @flow strict */\nvar x /*: number */ = 1; // $FlowFixMe[x]\n/*:: type A = 1; */\n",
        "pragma /* @flow strict */\npragma /*: number */\npragma // $FlowFixMe[x]\npragma /*:: type A = 1; */",
    )


@pytest.mark.parametrize("language", FAMILY)
def test_words_that_only_look_like_pragmas_are_glue(language: str) -> None:
    check_glue(
        language,
        "// eslinted code\nf();\n// global state of it is bad\nf();\n/* @param x */\nf();\n// the @license word\nf();\n",
        ["// eslinted code", "/* @param x */", "// the @license word"],
    )
