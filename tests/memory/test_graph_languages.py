"""What the graph knows of other languages: small projects and the edges that are true of them."""

# ruff: noqa: E501  source texts stay on one line, so that a case can be taken in at once

from __future__ import annotations

import pytest
from graph_projects import GraphProject

CASES: dict[str, tuple[dict[str, str], str]] = {
    "typescript: named, renamed, whole and default imports": (
        {
            "a.ts": "import { f, g as h } from './lib/b';\nimport * as b from './lib/b.js';\nimport Kind from './lib';\n"
            "export function run() { f(); h(); b.f(); new Kind().go(); }\n",
            "lib/b.ts": "export function f() {}\nexport const g = () => { f(); };\n",
            "lib/index.ts": "export default class Kind { go() { this.stop(); } stop() {} }\n",
        },
        """a.ts imports lib/b.ts
        a.ts imports lib/index.ts
        a.ts uses lib/b.ts::f
        a.ts uses lib/b.ts::g
        a.ts::run calls lib/b.ts::f
        a.ts::run calls lib/b.ts::g
        a.ts::run calls lib/index.ts::Kind
        a.ts::run calls lib/index.ts::Kind.go
        lib/b.ts::g calls lib/b.ts::f
        lib/index.ts::Kind.go calls lib/index.ts::Kind.stop""",
    ),
    "typescript: re-exports": (
        {
            "a.ts": "import { f, k } from './all';\nf();\nk();\n",
            "all.ts": "export * from './b';\nexport { g as k } from './b';\n",
            "b.ts": "export function f() {}\nexport function g() {}\n",
        },
        """a.ts calls b.ts::f
        a.ts calls b.ts::g
        a.ts imports all.ts
        a.ts uses b.ts::f
        a.ts uses b.ts::g
        all.ts imports b.ts
        all.ts uses b.ts::g""",
    ),
    "typescript: paths of the configuration, and packages of the workspace": (
        {
            "tsconfig.json": '{ // how names are found\n "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"],}}}',
            "packages/core/package.json": '{"name": "@me/core", "main": "dist/index.js"}',
            "packages/core/src/index.ts": "export function f() {}\n",
            "src/b.ts": "export function g() {}\n",
            "src/deep/a.ts": "import { f } from '@me/core';\nimport { g } from '@/b';\nimport x from 'react-dom/server';\n",
        },
        """src/deep/a.ts imports package:react-dom
        src/deep/a.ts imports packages/core/src/index.ts
        src/deep/a.ts imports src/b.ts
        src/deep/a.ts uses packages/core/src/index.ts::f
        src/deep/a.ts uses src/b.ts::g""",
    ),
    "typescript: classes, types of fields and parameters": (
        {
            "a.ts": "import { B } from './b';\nclass A extends B implements I {\n  private b: B;\n"
            "  constructor(private other: B) { super(); }\n"
            "  run(p: B) { this.b.go(); this.other.go(); p.go(); this.go(); }\n}\ninterface I {}\n",
            "b.ts": "export class B { go() {} }\n",
        },
        """a.ts imports b.ts
        a.ts uses b.ts::B
        a.ts::A inherits a.ts::I
        a.ts::A inherits b.ts::B
        a.ts::A.run calls b.ts::B.go""",
    ),
    "javascript: require": (
        {
            "a.js": "const b = require('./b');\nconst fs = require('fs');\nfunction f() { b.g(); }\n",
            "b.js": "exports.g = function () {};\nmodule.exports.h = () => {};\n",
        },
        "a.js imports b.js\na.js imports package:fs\na.js::f calls b.js::g",
    ),
    "go: a package is its folder": (
        {
            "cmd/main.go": 'package main\n\nimport (\n\t"fmt"\n\ts "github.com/me/it/server"\n)\n\n'
            "func main() {\n\tfmt.Println()\n\tv := s.New()\n\tw := &s.Server{}\n\tw.Run()\n\thelp()\n\t_ = v\n}\n",
            "cmd/help.go": "package main\n\nfunc help() {}\n",
            "server/server.go": "package server\n\ntype Server struct {\n\tBase\n\tlog *Log\n}\n\nfunc New() *Server { return nil }\n",
            "server/run.go": "package server\n\nfunc (s *Server) Run() {\n\ts.stop()\n\ts.log.Write()\n\ts.Open()\n}\n\nfunc (s *Server) stop() {}\n",
            "server/base.go": "package server\n\ntype Base struct{}\n\nfunc (b *Base) Open() {}\n\ntype Log struct{}\n\nfunc (l *Log) Write() {}\n",
        },
        """cmd/main.go imports package:fmt
        cmd/main.go imports server/base.go
        cmd/main.go imports server/run.go
        cmd/main.go imports server/server.go
        cmd/main.go::main calls cmd/help.go::help
        cmd/main.go::main calls server/run.go::Server.Run
        cmd/main.go::main calls server/server.go::New
        cmd/main.go::main calls server/server.go::Server
        server/run.go::Server.Run calls server/base.go::Base.Open
        server/run.go::Server.Run calls server/base.go::Log.Write
        server/run.go::Server.Run calls server/run.go::Server.stop
        server/server.go::Server inherits server/base.go::Base""",
    ),
    "java: packages, bases, fields, static members": (
        {
            "src/com/a/App.java": "package com.a;\nimport com.b.Store;\nimport static com.b.Tools.help;\nimport java.util.List;\n"
            "public class App extends Base {\n  private Store store;\n  void run(Store other) {\n    store.save();\n    other.save();\n"
            "    stop();\n    init();\n    help();\n    new Store();\n  }\n  void stop() {}\n}\n",
            "src/com/a/Base.java": "package com.a;\nclass Base {\n  void init() {}\n}\n",
            "src/com/b/Store.java": "package com.b;\npublic class Store {\n  public void save() {}\n}\n",
            "src/com/b/Tools.java": "package com.b;\npublic class Tools {\n  public static void help() {}\n}\n",
        },
        """src/com/a/App.java imports package:java.util
        src/com/a/App.java imports src/com/b/Store.java
        src/com/a/App.java imports src/com/b/Tools.java
        src/com/a/App.java uses src/com/b/Store.java::Store
        src/com/a/App.java uses src/com/b/Tools.java::Tools.help
        src/com/a/App.java::App inherits src/com/a/Base.java::Base
        src/com/a/App.java::App.run calls src/com/a/App.java::App.stop
        src/com/a/App.java::App.run calls src/com/a/Base.java::Base.init
        src/com/a/App.java::App.run calls src/com/b/Store.java::Store
        src/com/a/App.java::App.run calls src/com/b/Store.java::Store.save
        src/com/a/App.java::App.run calls src/com/b/Tools.java::Tools.help""",
    ),
    "kotlin: functions of a package": (
        {
            "a.kt": "package x\nimport y.g\nfun f() { g(); h() }\n",
            "b.kt": "package y\nfun g() {}\n",
            "c.kt": "package x\nfun h() {}\n",
        },
        "a.kt imports b.kt\na.kt uses b.kt::g\na.kt::f calls b.kt::g\na.kt::f calls c.kt::h",
    ),
    "c: includes, and functions with one definition": (
        {
            "a.c": '#include "inc/b.h"\n#include <stdio.h>\nint main(void) { go(); printf(""); return 0; }\n',
            "inc/b.h": "void go(void);\n",
            "b.c": '#include "inc/b.h"\nvoid go(void) {}\n',
        },
        "a.c imports inc/b.h\na.c::main calls b.c::go\nb.c imports inc/b.h",
    ),
    "ruby: requires and the object's own methods": (
        {
            "a.rb": "require_relative 'lib/b'\nclass A < B\n  def run\n    stop(1)\n    self.go(2)\n  end\n  def stop(x)\n  end\nend\n",
            "lib/b.rb": "class B\n  def go(x)\n  end\nend\n",
        },
        "a.rb imports lib/b.rb\na.rb::A inherits lib/b.rb::B\na.rb::A.run calls a.rb::A.stop\na.rb::A.run calls lib/b.rb::B.go",
    ),
    "php: namespaces": (
        {
            "a.php": "<?php\nnamespace X;\nuse Y\\B;\nclass A extends B {\n  function f() { $this->g(); parent::f(); $b = new B(); }\n}\n",
            "b.php": "<?php\nnamespace Y;\nclass B {\n  function g() {}\n  function f() {}\n}\n",
        },
        """a.php imports b.php
        a.php uses b.php::B
        a.php::A inherits b.php::B
        a.php::A.f calls b.php::B
        a.php::A.f calls b.php::B.f
        a.php::A.f calls b.php::B.g""",
    ),
    "c#: namespaces, used and shared": (
        {
            "A.cs": "using Y;\nnamespace X;\nclass A : B {\n  void F() { Go(); var c = new C(); c.Run(); }\n}\n",
            "B.cs": "namespace Y;\nclass B {\n  protected void Go() {}\n}\n",
            "C.cs": "namespace X;\nclass C {\n  public void Run() {}\n}\n",
        },
        "A.cs::A inherits B.cs::B\nA.cs::A.F calls B.cs::B.Go\nA.cs::A.F calls C.cs::C\nA.cs::A.F calls C.cs::C.Run",
    ),
    "rust: modules, uses and impls": (
        {
            "src/main.rs": "mod store;\nuse crate::store::Store;\nfn main() { let s = Store::new(); help(); }\nfn help() {}\n",
            "src/store.rs": "pub struct Store;\nimpl Store {\n  pub fn new() -> Store { Self::check(); Store }\n  fn check() {}\n}\n",
        },
        """src/main.rs imports src/store.rs
        src/main.rs uses src/store.rs::Store
        src/main.rs::main calls src/main.rs::help
        src/main.rs::main calls src/store.rs::Store.new
        src/store.rs::Store.new calls src/store.rs::Store.check""",
    ),
    "bash: functions of a sourced file": (
        {"a.sh": "#!/bin/bash\nsource ./lib/b.sh\ngo now\n", "lib/b.sh": "go() {\n  echo\n}\n"},
        "a.sh calls lib/b.sh::go\na.sh imports lib/b.sh",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_edges(case: str) -> None:
    files, expected = CASES[case]
    assert GraphProject(files).edges() == sorted(line.strip() for line in expected.splitlines())


def test_a_method_is_guessed_alike_whether_its_type_stands_in_its_file_or_not() -> None:
    caller = "package y\n\nfunc (s *Server) Serve() {\n\ts.stopAll()\n}\n"
    method = "package x\n\nfunc (s *Server) stopAll() {\n}\n"
    project = GraphProject({"y/y.go": caller, "x/x.go": method})
    assert "y/y.go::Server.Serve calls x/x.go::Server.stopAll" in project.edges()
    project.change({"x/x.go": method + "\ntype Server struct{}\n"})
    assert "y/y.go::Server.Serve calls x/x.go::Server.stopAll" in project.edges()


def test_a_member_that_is_named_as_its_type_from_elsewhere_is_no_endless_question() -> None:
    project = GraphProject(
        {"Dice.cs": "class Dice {\n  private Random Random;\n  int Roll() { return Random.Next() + Zero(); }\n  int Zero() { return 0; }\n}\n"}
    )  # fmt: skip
    assert project.edges() == ["Dice.cs::Dice.Roll calls Dice.cs::Dice.Zero"]
