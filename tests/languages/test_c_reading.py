"""C: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = r"""/* Copyright 2024 A. Author
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "a/b.h"  /* for b() */

#define MAX(a, b) ((a) > (b) ? (a) : (b))
/* Swaps. */
#define SWAP(a, b) do { \
    int t = a; \
    a = b; b = t; \
} while (0)

struct forward;
int declared(int a);

/** A point. */
struct point {
    int x; // across
    union { int a; float b; } u;
};

typedef struct { int y; } anon_t;
typedef struct node { struct node *next; } *node_t;
static enum color { RED, GREEN } current = RED;

// NOLINTNEXTLINE
static const char *name_of(const struct point *p)
{
    switch (p->x) {
    case 1:
        puts("/* not a comment */");
        /* FALLTHROUGH */
    case 2: return "two // no";
    default: break;
    }
    return p->x ? "x" : "y";
}

/* K&R. */
int old(a, b)
    int a;
    char *b;
{
    if (a && b) return 1;
    else if (a || b) { while (a--) for (;;) break; }
    else return 0;
}

int (*handler(int n))(int) { return 0; }
char **table(void) { do { } while (0); return 0; }

#ifdef WIN
int twice(int a) { return 2 * a; }
#else
int twice(int a) { return a + a; }
#endif
"""


def test_c_definitions_are_units() -> None:
    check_units(
        "c",
        SOURCE,
        """
        7-11 function SWAP
        16-20 class point
        22-22 class anon_t
        23-23 class node_t
        24-24 class color
        26-37 function name_of
        39-47 function old
        49-49 function handler
        50-50 function table
        53-53 function twice
        55-55 function twice#2
        """,
    )


def test_c_comments_are_glue() -> None:
    check_glue(
        "c",
        SOURCE,
        [
            "/* for b() */",
            "/* Swaps. */",
            "/** A point. */",
            "// across",
            "/* K&R. */",
        ],
    )


def test_c_comments_that_are_read_are_kept() -> None:
    check_kept(
        "c",
        SOURCE,
        """
        licence /* Copyright 2024 A. Author
        pragma // NOLINTNEXTLINE
        pragma /* FALLTHROUGH */
        """,
    )


def test_c_branches_are_counted() -> None:
    check_complexity(
        "c",
        SOURCE,
        """
        1 0 SWAP
        1 0 point
        1 0 anon_t
        1 0 node_t
        1 0 color
        4 1 name_of
        7 3 old
        1 0 handler
        2 1 table
        1 0 twice
        1 0 twice#2
        """,
    )


def test_c_imports_are_found() -> None:
    check_query(
        "c",
        SOURCE,
        "imports",
        """
        module=<stdio.h>
        module="a/b.h"
        """,
    )


def test_c_calls_are_found() -> None:
    check_query(
        "c",
        SOURCE,
        "calls",
        """
        callee=puts
        """,
    )


def test_c_a_body_split_by_a_condition_takes_no_other_function_with_it() -> None:
    check_units(
        "c",
        "#ifdef A\nint f(int a) {\n#else\nint f(void) {\n#endif\n  return 1;\n}\n\nint g(void) { return 2; }\n",
        """
        4-7 function f
        9-9 function g
        """,
    )


def test_c_nested_types_belong_to_the_outermost() -> None:
    check_units(
        "c",
        "typedef struct {\n  struct { int a; } in;\n  enum { B } b;\n} out_t;\n"
        "struct { int c; } variable;\nunion u { int d; };\n",
        """
        1-4 class out_t
        6-6 class u
        """,
    )
