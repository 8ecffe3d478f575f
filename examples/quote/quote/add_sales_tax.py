# ============================================================
# @TAG:TICKET:add-sales-tax
# @TAG:FEATURE:price-quote
# @TAG:SPEC:specs/quote.md
# @TAG:RELATED:TICKET:round-money
# ============================================================
# TICKET: Add the sales tax
# ============================================================
# CONTEXT: The quote shows the sum, the sales tax and the total
# PROBLEM: Tax on rounded lines differs by cents from tax on the sum
# REQUIREMENTS: FR5 adds 19 % to the discounted sum; FR6 rounds half up, once
# ============================================================
"""Adds the sales tax: the fourth step of the quote."""

TAX_PERCENT = 19


# @assembly:price_quote @order:3 @depends_on:apply_volume_discount
def add_sales_tax(costs: list[tuple[int, str, int]]) -> tuple[int, int, int]:
    """Return the sum, the sales tax and the total in cents.

    Args:
        costs: amount, article and cost of every order line, in hundredths of a cent
    """
    # WHY: FR5 and FR6, the tax is taken of the exact sum and rounded once
    exact = sum(cost for _, _, cost in costs)
    net = (exact + 50) // 100
    # add the tax
    total = (exact * (100 + TAX_PERCENT) + 5_000) // 10_000
    return net, total - net, total
