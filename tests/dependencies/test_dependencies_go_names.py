"""What Go's imports, packages, types and members mean in the dependency graph."""

from __future__ import annotations

from resolved_edges import edges_of, found, wanted

MODULE = "=== go.mod\nmodule example.com/app\n"


def test_an_import_leads_to_every_file_of_the_package_but_its_tests() -> None:
    text = (
        MODULE
        + """
=== main.go
package main
import (
	"fmt"
	u "example.com/app/util"
)
func main() { fmt.Println(u.A()) }
=== util/a_linux.go
package util
func A() int { return 1 }
=== util/a_windows.go
package util
func A() int { return 2 }
=== util/a_test.go
package util
func helper() {}
"""
    )
    assert found(text, "imports", "calls") == wanted("""
        main.go -> package:fmt  imports
        main.go -> util/a_linux.go  imports
        main.go -> util/a_windows.go  imports
        main.go::main -> util/a_linux.go::A  calls
        main.go::main -> util/a_windows.go::A  calls
    """)


def test_modules_replaced_by_a_folder_and_modules_of_a_workspace_are_found() -> None:
    text = """
=== go.work
use (
	./app
	./tools
)
=== app/go.mod
module example.com/app
replace example.com/far => ../near // on this disk
require example.com/far v1.2.3
=== app/main.go
package main
import (
	"example.com/far/deep"
	"example.com/tools"
	"example.com/elsewhere"
)
func main() { deep.Go(); tools.Go(); elsewhere.Go() }
=== near/deep/deep.go
package deep
func Go() {}
=== tools/go.mod
module "example.com/tools"
=== tools/tools.go
package tools
func Go() {}
"""
    assert found(text, "imports", "calls") == wanted("""
        app/main.go -> near/deep/deep.go  imports
        app/main.go -> package:example.com/elsewhere  imports
        app/main.go -> tools/tools.go  imports
        app/main.go::main -> near/deep/deep.go::Go  calls
        app/main.go::main -> tools/tools.go::Go  calls
    """)


def test_vendored_packages_dot_imports_and_blank_imports() -> None:
    text = (
        MODULE
        + """
=== cmd/main.go
package main
import (
	"github.com/x/lib"
	. "example.com/app/util"
	_ "example.com/app/effects"
)
func main() { lib.Go(); Plain() }
=== vendor/github.com/x/lib/lib.go
package lib
func Go() {}
=== util/util.go
package util
func Plain() {}
=== effects/effects.go
package effects
func init() {}
"""
    )
    assert found(text, "imports", "calls") == wanted("""
        cmd/main.go -> vendor/github.com/x/lib/lib.go  imports
        cmd/main.go -> util/util.go  imports
        cmd/main.go -> effects/effects.go  imports
        cmd/main.go::main -> vendor/github.com/x/lib/lib.go::Go  calls
        cmd/main.go::main -> util/util.go::Plain  calls
    """)


def test_files_of_a_package_share_names_and_a_package_of_tests_does_not() -> None:
    text = (
        MODULE
        + """
=== p/a.go
package p
func A() { b(); onlyInTests() }
=== p/b.go
package p
func b() {}
=== p/in_test.go
package p
func onlyInTests() { b() }
=== p/out_test.go
package p_test
import "example.com/app/p"
func b() {}
func TestA() { p.A(); b() }
"""
    )
    assert found(text, "calls") == wanted("""
        p/a.go::A -> p/b.go::b
        p/in_test.go::onlyInTests -> p/b.go::b
        p/out_test.go::TestA -> p/a.go::A
        p/out_test.go::TestA -> p/out_test.go::b
    """)


def test_methods_and_fields_are_promoted_through_embedding_the_nearest_first() -> None:
    text = """
=== a.go
package a
type Base struct { name string }
func (b *Base) Name() string { return b.name }
func (b Base) Shared() {}
type Middle struct { *Base }
func (m Middle) Shared() {}
type Top struct { Middle; other Base }
func use(t *Top) {
	t.Name()
	t.Shared()
	_ = t.name
	t.other.Shared()
}
"""
    assert found(text, "calls", "inherits") == wanted("""
        a.go::Middle -> a.go::Base  inherits
        a.go::Top -> a.go::Middle  inherits
        a.go::use -> a.go::Base.Name  calls
        a.go::use -> a.go::Middle.Shared  calls
        a.go::use -> a.go::Base.Shared  calls
    """)
    uses = found(text, "uses")
    assert {"a.go::use -> a.go::Base", "a.go::use -> a.go::Top"} <= uses


def test_constants_variables_and_types_that_are_no_units_are_uses_of_their_file() -> None:
    text = (
        MODULE
        + """
=== main.go
package main
import "example.com/app/k"
const local = 1
func main() { var c k.Color = k.Red; _ = c; _ = local; _ = k.Table }
=== k/k.go
package k
type Color int
const (
	Red Color = iota
	Blue
)
var Table = map[Color]string{Red: "r"}
func (c Color) String() string { return Table[c] }
"""
    )
    assert found(text, "uses") == wanted("""
        main.go::main -> k/k.go
        main.go::main -> main.go
        k/k.go::Color.String -> k/k.go
    """)


def test_a_type_alias_a_conversion_and_a_defined_type_have_the_methods_that_they_have() -> None:
    text = """
=== a.go
package a
type Inner struct{ n int }
func (i Inner) Go() {}
type Alias = Inner
type Defined Inner
type Number int
func (n Number) Next() Number { return n + 1 }
func use(a Alias, d Defined) {
	a.Go()
	d.Go()
	_ = d.n
	Number(3).Next().Next()
}
"""
    assert found(text, "calls") == wanted("""
        a.go::use -> a.go::Inner.Go
        a.go::use -> a.go::Number.Next
    """)


def test_locals_hide_packages_functions_and_types() -> None:
    text = (
        MODULE
        + """
=== main.go
package main
import "example.com/app/util"
func helper() {}
type T struct{}
func (t T) M() {}
func main() {
	helper := func() {}
	helper()
	util := T{}
	util.M()
	{
		T := 3
		_ = T
	}
	func(helper int) { _ = helper }(1)
}
=== util/util.go
package util
func M() {}
"""
    )
    assert found(text, "calls") == wanted("""
        main.go::main -> main.go::main.helper
        main.go::main -> main.go::T.M
    """)


def test_lines_and_confidence_say_where_and_how_surely() -> None:
    text = (
        MODULE
        + """
=== main.go
package main

import "example.com/app/util"

type Runner interface{ Run() }

func main(r Runner) {
	util.Go()
	here()
	r.Run()
}

func here() {}

type Job struct{}

func (j Job) Run() {}
=== util/util.go
package util
func Go() {}
"""
    )
    edges = {(edge.target, edge.kind): (edge.line, edge.confidence) for edge in edges_of(text)}
    assert edges["util/util.go::Go", "calls"] == (8, 0.95)
    assert edges["main.go::here", "calls"] == (9, 1.0)
    assert edges["main.go::Job.Run", "calls"] == (10, 0.6)
    assert edges["util/util.go", "imports"] == (3, 1.0)
