# ============================================================
# @TAG:TICKET:apply-volume-discount
# @TAG:FEATURE:price-quote
# @TAG:SPEC:specs/quote.md
# @TAG:MODIFIED:2025-03-09
# ============================================================
# TICKET: Take the volume discount off
# ============================================================
# CONTEXT: Large order lines cost less, as the price list promises
# PROBLEM: The discount belongs to the line, not to the order
# REQUIREMENTS: FR4 takes 5 % off a line of 10 pieces and more; FR6 rounds at the end only
# ============================================================
# MODIFICATION LOG:
# - 2025-03-09: The discount starts at 10 pieces, not above 10
#   Reason: the price list says "from 10"
"""Takes the volume discount off: the third step of the quote."""

DISCOUNT_FROM = 10
DISCOUNT_PERCENT = 5


# @assembly:price_quote @order:3 @depends_on:look_up_unit_prices
def apply_volume_discount(priced: list[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """Return amount, article and cost of every order line, in hundredths of a cent.

    FR4: a line of 10 pieces and more costs 5 % less.
    """
    costs = []
    for amount, article, unit_price in priced:
        # WHY: hundredths of a cent keep the percent exact until the one rounding at the end (FR6)
        cost = amount * unit_price * 100
        # EDGE CASE: exactly 10 pieces get the discount, the price list says "from 10"
        if amount >= DISCOUNT_FROM:
            cost = cost * (100 - DISCOUNT_PERCENT) // 100
        costs.append((amount, article, cost))
    return costs
