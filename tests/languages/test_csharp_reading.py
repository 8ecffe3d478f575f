"""C#: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = """\
// Copyright (c) 2024 A. Author

// About this file.
using System;
using Alias = A.B.C;
using static System.Math;

namespace App.Core;

/// <summary>A service.</summary>
[Serializable]
[Obsolete("// no")]
public partial class Service<T> : Base, IService where T : new()
{
    #region Fields
    private int _count; // how many
    public int Auto { get; set; } = 1;
    #endregion
    /// <summary>Counts.</summary>
    public int Count { get { return _count; } set { if (value > 0) _count = value; } }
    public int Twice => _count * 2;
    public int this[int i] { get { return i; } }
    public Service() : base() { }
    ~Service() { }
    // ReSharper disable once UnusedMember
    [Test] public async Task<int> Run(int a)
    {
        int Local(int q) { return q ?? 1; }
        if (a > 0 && a < 9) { } else if (a == 3 || a == 4) { } else { }
        foreach (var x in xs) using (x) { }
        switch (a) { case 1: break; case 2 when a > 1: break; default: break; }
        var s = a switch { 1 => "/* no */", > 5 => @"//", _ => $"{a} // no" };
        try { } catch (E e) when (e.X) { } finally { }
        return a ?? 1;
    }
    int IService.Explicit() { return 1; }
    public static Service<T> operator +(Service<T> a, Service<T> b) => a;
    public static implicit operator int(Service<T> a) { return 1; }
    public event Action Changed { add { } remove { } }
    public abstract void Abstract();
    delegate int Callback(int a);
}
public record Point(int X, int Y) { public int Sum() => X + Y; }
public record struct Size(int W);
interface IService { int Explicit(); int Def() { return 1; } }
enum Mode { On, Off }
namespace Other { class Inner { void M() { } } }
"""


def test_csharp_definitions_are_units() -> None:
    check_units(
        "csharp",
        SOURCE,
        """
        10-42 class Service
        19-20 function Service.Count
        21-21 function Service.Twice
        22-22 function Service.this
        23-23 function Service.Service
        24-24 function Service.~.Service
        25-35 function Service.Run
        28-28 function Service.Run.Local
        36-36 function Service.IService.Explicit
        37-37 function Service.operator.+
        38-38 function Service.operator.int
        39-39 function Service.Changed
        43-43 class Point
        43-43 function Point.Sum
        44-44 class Size
        45-45 class IService
        45-45 function IService.Def
        46-46 class Mode
        47-47 class Inner
        47-47 function Inner.M
        """,
    )


def test_csharp_comments_are_glue() -> None:
    check_glue(
        "csharp",
        SOURCE,
        [
            "// About this file.",
            "/// <summary>A service.</summary>",
            "// how many",
            "/// <summary>Counts.</summary>",
        ],
    )


def test_csharp_comments_that_are_read_are_kept() -> None:
    check_kept(
        "csharp",
        SOURCE,
        """
        licence // Copyright (c) 2024 A. Author
        pragma // ReSharper disable once UnusedMember
        """,
    )


def test_csharp_branches_are_counted() -> None:
    check_complexity(
        "csharp",
        SOURCE,
        """
        1 0 Service
        2 1 Service.Count
        1 0 Service.Twice
        1 0 Service.this
        1 0 Service.Service
        1 0 Service.~.Service
        12 2 Service.Run
        2 0 Service.Run.Local
        1 0 Service.IService.Explicit
        1 0 Service.operator.+
        1 0 Service.operator.int
        1 0 Service.Changed
        1 0 Point
        1 0 Point.Sum
        1 0 Size
        1 0 IService
        1 0 IService.Def
        1 0 Mode
        1 0 Inner
        1 0 Inner.M
        """,
    )


def test_csharp_imports_are_found() -> None:
    check_query(
        "csharp",
        SOURCE,
        "imports",
        """
        module=System
        alias=Alias module=A.B.C
        module=System.Math
        package=App.Core
        package=Other
        """,
    )


def test_csharp_namespaces_with_and_without_braces_name_alike() -> None:
    body = "class A { void M() { } }\n"
    expected = """
        2-2 class A
        2-2 function A.M
        """
    check_units("csharp", "namespace N;\n" + body, expected)
    check_units("csharp", "namespace N {\n" + body + "}\n", expected)
    check_query("csharp", "namespace N.O;\n", "imports", "package=N.O")
