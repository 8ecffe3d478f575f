"""Bash: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = """\
#!/usr/bin/env bash
### BEGIN INIT INFO
# Provides: x
### END INIT INFO
# shellcheck disable=SC1091
source ./lib.sh
. "$DIR/other.sh"

# Runs.
run() { # trailing
  if a && b; then c; elif d || e; then f; else g; fi
  for i in 1 2; do case $i in 1) x;; *) y;; esac; done
  while read -r l; do until z; do :; done; done
}
function stop { [[ $a && -n $b ]]; }
function both() ( cd /; ls )
cat <<EOF # after
# not a comment ${x#y}
EOF
nested() { inner() { :; }; inner; }
echo "# no" a#b $# ${#a} # yes
"""


def test_bash_definitions_are_units() -> None:
    check_units(
        "bash",
        SOURCE,
        """
        9-14 function run
        15-15 function stop
        16-16 function both
        20-20 function nested
        20-20 function nested.inner
        """,
    )


def test_bash_comments_are_glue() -> None:
    check_glue(
        "bash",
        SOURCE,
        [
            "# Runs.",
            "# trailing",
            "# after",
            "# yes",
        ],
    )


def test_bash_comments_that_are_read_are_kept() -> None:
    check_kept(
        "bash",
        SOURCE,
        """
        shebang #!/usr/bin/env bash
        pragma ### BEGIN INIT INFO
        pragma # Provides: x
        pragma ### END INIT INFO
        pragma # shellcheck disable=SC1091
        """,
    )


def test_bash_branches_are_counted() -> None:
    check_complexity(
        "bash",
        SOURCE,
        """
        10 2 run
        2 0 stop
        1 0 both
        1 0 nested
        1 0 nested.inner
        """,
    )


def test_bash_imports_are_found() -> None:
    check_query(
        "bash",
        SOURCE,
        "imports",
        """
        module=./lib.sh
        module="$DIR/other.sh"
        """,
    )


def test_bash_calls_are_found() -> None:
    check_query(
        "bash",
        SOURCE,
        "calls",
        """
        callee=source
        callee=.
        callee=a
        callee=b
        callee=c
        callee=d
        callee=e
        callee=f
        callee=g
        callee=x
        callee=y
        callee=read
        callee=z
        callee=:
        callee=cd
        callee=ls
        callee=cat
        callee=:
        callee=inner
        callee=echo
        """,
    )


def test_bash_a_hash_inside_a_word_is_no_comment() -> None:
    check_glue("bash", "a=${b#c} \"# f\" '# g' $# ${#h}\ni d#e # j\n", ["# j"])


def test_bash_a_hash_that_the_grammar_takes_for_a_comment_inside_a_word_is_kept() -> None:
    check_glue("bash", "a=1 d#e f\n", [])
