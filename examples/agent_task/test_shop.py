from shop import price


def test_small_orders_pay_in_full() -> None:
    assert price(1, 2) == 2


def test_ten_pieces_get_the_discount() -> None:
    assert price(10, 2) == 19
