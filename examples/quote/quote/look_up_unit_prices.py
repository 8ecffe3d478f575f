# ============================================================
# @TAG:TICKET:look-up-unit-prices
# @TAG:FEATURE:price-quote
# @TAG:SPEC:specs/quote.md
# ============================================================
# TICKET: Give every order line its unit price
# ============================================================
# CONTEXT: Order lines name articles, the price list has their unit price in cents
# PROBLEM: An article without a price must not be quoted as free
# REQUIREMENTS: FR3 refuses an unknown article by name; FR6 keeps every price in cents
# ============================================================
"""Gives every order line its unit price: the second step of the quote."""

# WHY: cents and whole numbers, because a tenth of a euro is no binary fraction (FR6)
UNIT_PRICES = {"chair": 4_900, "table": 18_900, "lamp": 2_450, "desk": 27_900}


# @assembly:price_quote @order:2 @depends_on:parse_order_lines
def look_up_unit_prices(lines: list[tuple[int, str]]) -> list[tuple[int, str, int]]:
    """Return amount, article and unit price in cents of every order line.

    FR3: an article that the price list does not have raises `KeyError` with its name.
    """
    # STEP 1: the price list is read line by line, so that the first unknown article is the one that is told
    priced = []
    for amount, article in lines:
        # WHY: never a default price; an unknown article that is quoted as free is paid by us, and nobody notices
        if article not in UNIT_PRICES:
            raise KeyError(f"no price for {article!r}")
        priced.append((amount, article, UNIT_PRICES[article]))
    return priced
