"""The quote from the text of an order to its total, and what is refused."""

import pytest
from quote.add_sales_tax import add_sales_tax
from quote.apply_volume_discount import apply_volume_discount
from quote.look_up_unit_prices import look_up_unit_prices
from quote.parse_order_lines import parse_order_lines


def quoted(order: str) -> tuple[int, int, int]:
    return add_sales_tax(apply_volume_discount(look_up_unit_prices(parse_order_lines(order))))


def test_a_quote_is_sum_tax_and_total_in_cents() -> None:
    assert quoted("2 x chair\n\n1 x Lamp") == (12_250, 2_328, 14_578)


def test_ten_pieces_get_the_discount_and_nine_do_not() -> None:
    assert quoted("9 x chair")[0] == 44_100
    assert quoted("10 x chair")[0] == 46_550


def test_what_is_no_order_line_is_refused_with_its_number() -> None:
    with pytest.raises(ValueError, match="line 2 is no order line: 'a chair'"):
        parse_order_lines("1 x chair\na chair")


def test_an_unknown_article_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="sofa"):
        look_up_unit_prices([(1, "sofa")])
