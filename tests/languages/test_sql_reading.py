"""SQL: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_units

SOURCE = """\
-- A schema.
CREATE TABLE shop.item (
  id int PRIMARY KEY, -- the key
  name text DEFAULT '-- no'
);
/* Adds one. */
CREATE OR REPLACE FUNCTION add_one(a int) RETURNS int AS $$
BEGIN
  -- inside
  RETURN a + 1;
END;
$$ LANGUAGE plpgsql;
CREATE VIEW cheap AS SELECT /*+ INDEX(a) */ id, CASE WHEN p < 1 THEN 'x' WHEN p < 2 THEN 'y' END FROM shop.item;
CREATE UNIQUE INDEX item_name ON shop.item (name);
CREATE TRIGGER watch BEFORE INSERT ON shop.item FOR EACH ROW EXECUTE FUNCTION add_one();
-- noqa: L001
SELECT 1; -- +goose Up
CREATE TYPE mood AS ENUM ('a');
"""


def test_sql_definitions_are_units() -> None:
    check_units(
        "sql",
        SOURCE,
        """
        1-5 statement shop.item
        6-12 statement add_one
        13-13 statement cheap
        14-14 statement item_name
        15-15 statement watch
        18-18 statement mood
        """,
    )


def test_sql_comments_are_glue() -> None:
    check_glue(
        "sql",
        SOURCE,
        [
            "-- A schema.",
            "-- the key",
            "/* Adds one. */",
            "-- inside",
        ],
    )


def test_sql_comments_that_are_read_are_kept() -> None:
    check_kept(
        "sql",
        SOURCE,
        """
        pragma /*+ INDEX(a) */
        pragma -- noqa: L001
        pragma -- +goose Up
        """,
    )


def test_sql_branches_are_counted() -> None:
    check_complexity(
        "sql",
        SOURCE,
        """
        1 0 shop.item
        1 0 add_one
        3 1 cheap
        1 0 item_name
        1 0 watch
        1 0 mood
        """,
    )


def test_sql_what_other_dialects_say_stays_with_the_file() -> None:
    check_units(
        "sql",
        "DELIMITER //\nCREATE TABLE a (b int);\nGO\nCREATE INDEX c ON a (b);\n",
        """
        2-2 statement a
        4-4 statement c
        """,
    )
