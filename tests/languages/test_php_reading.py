"""PHP: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = r"""<!-- page -->
<?php
/*
 * This file is part of X.
 *
 * (c) 2024 A. Author
 */
declare(strict_types=1);

namespace App\Web;

use A\B;
use C\D as E, F\G;
use H\{I, J as K};
use function L\m;
require_once 'boot.php';
# A hash comment.

/** Adds. */
#[Pure]
function add(int $a, $b) { // trailing
    if ($a) { } elseif ($b) { } else if ($a && $b) { } else { }
    return fn($x) => $x ?? 1;
}

/**
 * Serves.
 *
 * @ORM\Entity(repositoryClass="X")
 */
abstract class Page extends Base implements Api
{
    use Loggable;
    public $title = '# not /* a */ comment';
    public function __construct(private int $x) { parent::__construct(); }
    abstract function shape();
    /**
     * @dataProvider provide
     */
    public function testShow($v) {
        foreach ($v as $w) { try { } catch (A | B $e) { } }
        $text = <<<EOT
        // not a comment
        EOT;
        return match($v) { 1, 2 => 'a', default => 'b' };
    }
    /** @param int $a shown by the editor only */
    static function plain($a) { switch ($a) { case 1: break; default: } } // phpcs:ignore
}
trait Loggable { function log() { $inner = function () { return 1; }; } }
interface Api { function call(); }
enum Suit: string { case Hearts = 'h'; function label() { return $this->x = fn() => 1; } }
$handler = function ($x) use ($y) { return $x ? 1 : 2; };
?>
<p>// text <?= $x ?></p>
"""


def test_php_definitions_are_units() -> None:
    check_units(
        "php",
        SOURCE,
        """
        19-24 function add
        26-49 class Page
        35-35 function Page.__construct
        37-46 function Page.testShow
        47-48 function Page.plain
        50-50 class Loggable
        50-50 function Loggable.log
        50-50 function Loggable.log.inner
        51-51 class Api
        52-52 class Suit
        52-52 function Suit.label
        53-53 function handler
        """,
    )


def test_php_comments_are_glue() -> None:
    check_glue(
        "php",
        SOURCE,
        [
            "/*\n * This file is part of X.\n *\n * (c) 2024 A. Author\n */",
            "# A hash comment.",
            "/** Adds. */",
            "// trailing",
            "/** @param int $a shown by the editor only */",
        ],
    )


def test_php_comments_that_are_read_are_kept() -> None:
    check_kept(
        "php",
        SOURCE,
        """
        pragma /**
        pragma /**
        pragma // phpcs:ignore
        """,
    )


def test_php_branches_are_counted() -> None:
    check_complexity(
        "php",
        SOURCE,
        """
        6 1 add
        1 0 Page
        1 0 Page.__construct
        4 2 Page.testShow
        2 1 Page.plain
        1 0 Loggable
        1 0 Loggable.log
        1 0 Loggable.log.inner
        1 0 Api
        1 0 Suit
        1 0 Suit.label
        2 0 handler
        """,
    )


def test_php_imports_are_found() -> None:
    check_query(
        "php",
        SOURCE,
        "imports",
        r"""
        package=App\Web
        module=A\B
        alias=E module=C\D
        module=F\G
        alias=K module=H name=J
        module=H name=I
        module=L\m
        module='boot.php'
        module=Loggable
        """,
    )


def test_php_calls_are_found() -> None:
    check_query(
        "php",
        SOURCE,
        "calls",
        """
        callee=__construct
        """,
    )


def test_php_a_licence_below_the_opening_tag_is_kept() -> None:
    check_kept("php", "<?php\n/*\n * (c) 2024 A. Author\n */\n\n// Why.\n$a = 1;\n", "licence /*")


def test_php_annotations_that_run_keep_their_docblock() -> None:
    for line in (
        '@Route("/x")',
        "@ORM\\Entity",
        "@depends testA",
        "@psalm-pure",
        "@required",
        "@Given /^x$/ ",
    ):
        source = (
            f"<?php\nclass A\n{{\n    /**\n     * Text.\n     * {line}\n     */\n    function f() {{}}\n}}\n"
        )
        check_kept("php", source, "pragma /**" if line[-1] != " " else "")


def test_php_tags_that_only_people_read_are_glue() -> None:
    source = "<?php\n/**\n * @param int $a me@Example.com\n * @return string\n * @TODO later\n */\nfunction f($a) {}\n"
    check_kept("php", source, "")
