"""Kotlin: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = """\
@file:JvmName("X")
package app.core
import a.b.C
import a.b.D as E
import a.*

/** Doubles. */
@Pure fun Int.double(): Int = this * 2
fun <T> List<T>.pick(a: T?): T { return a ?: first() }
class Shop(val x: Int) : Base(x), Api {
    // ktlint-disable no-x
    init { check(x > 0) }
    constructor(s: String) : this(1) { log(s) }
    val size: Int
        get() { return if (x > 1 && x < 9) 1 else 2 }
    var plain = "// no" /* yes */
    private val lazyOne by lazy { 1 }
    override fun run(a: Int): Int {
        if (a > 1) b() else if (a > 2) c() else d()
        when (a) { 1, 2 -> 3; in 3..4 -> 5; else -> 6 }
        for (i in xs) { while (a) { } }
        try { } catch (e: E) { } finally { }
        fun local() { }
        return xs.map { it }.sum() || z
    }
    companion object {
        const val MAX = 1
        fun of() = Shop(1)
    }
    inner class Part {
        fun part() { }
    }
}
object Single {
    fun go() { }
}
interface Api {
    fun abstracted()
    fun def() { }
}
enum class Kind(val v: Int) {
    A(1) {
        override fun show() { }
    },
    B(2);
    abstract fun show()
}
data class Pair(val a: Int, val b: Int)
typealias Name = String
val handler = { x: Int -> x }
val other = fun(x: Int): Int { return x }
fun `name with spaces`() { }
"""


def test_kotlin_definitions_are_units() -> None:
    check_units(
        "kotlin",
        SOURCE,
        """
        7-8 function double
        9-9 function pick
        10-33 class Shop
        13-13 function Shop.constructor
        14-15 function Shop.size
        18-25 function Shop.run
        23-23 function Shop.run.local
        26-29 class Shop.companion
        28-28 function Shop.companion.of
        30-32 class Shop.Part
        31-31 function Shop.Part.part
        34-36 class Single
        35-35 function Single.go
        37-40 class Api
        39-39 function Api.def
        41-47 class Kind
        42-44 class Kind.A
        43-43 function Kind.A.show
        48-48 class Pair
        50-50 function handler
        51-51 function other
        52-52 function name with spaces
        """,
    )


def test_kotlin_comments_are_glue() -> None:
    check_glue(
        "kotlin",
        SOURCE,
        [
            "/** Doubles. */",
            "/* yes */",
        ],
    )


def test_kotlin_comments_that_are_read_are_kept() -> None:
    check_kept(
        "kotlin",
        SOURCE,
        """
        pragma // ktlint-disable no-x
        """,
    )


def test_kotlin_branches_are_counted() -> None:
    check_complexity(
        "kotlin",
        SOURCE,
        """
        1 0 double
        2 0 pick
        1 0 Shop
        1 0 Shop.constructor
        3 1 Shop.size
        9 2 Shop.run
        1 0 Shop.run.local
        1 0 Shop.companion
        1 0 Shop.companion.of
        1 0 Shop.Part
        1 0 Shop.Part.part
        1 0 Single
        1 0 Single.go
        1 0 Api
        1 0 Api.def
        1 0 Kind
        1 0 Kind.A
        1 0 Kind.A.show
        1 0 Pair
        1 0 handler
        1 0 other
        1 0 name with spaces
        """,
    )


def test_kotlin_imports_are_found() -> None:
    check_query(
        "kotlin",
        SOURCE,
        "imports",
        """
        package=app.core
        module=a.b.C
        alias=E module=a.b.D
        module=a
        """,
    )


def test_kotlin_calls_are_found() -> None:
    check_query(
        "kotlin",
        SOURCE,
        "calls",
        """
        callee=first
        callee=check
        callee=log
        callee=lazy
        callee=b
        callee=c
        callee=d
        callee=map
        callee=sum
        callee=Shop
        """,
    )


def test_kotlin_extensions_and_companions_have_names() -> None:
    check_units(
        "kotlin",
        "val String.half: Int\n    get() = length / 2\n"
        "class A {\n    companion object Factory {\n        fun make() = A()\n    }\n}\n",
        """
        1-2 function half
        3-7 class A
        4-6 class A.Factory
        5-5 function A.Factory.make
        """,
    )
