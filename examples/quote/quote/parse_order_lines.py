# ============================================================
# @TAG:TICKET:parse-order-lines
# @TAG:FEATURE:price-quote
# @TAG:SPEC:specs/quote.md
# @TAG:MODIFIED:2025-03-02
# ============================================================
# TICKET: Read the lines of an order
# ============================================================
# CONTEXT: Customers type an order as text, one article a line
# PROBLEM: Nothing below may meet a line that is no order line
# REQUIREMENTS: FR1 reads `amount x article`; FR2 refuses every other line with its number and text
# DESIGN DECISION: a regular expression, because the grammar has three parts and no nesting
# ============================================================
# MODIFICATION LOG:
# - 2025-03-02: Empty lines are skipped
#   Reason: orders are pasted from mail
"""Reads the lines of an order: the first step of the quote."""

import re

ORDER_LINE = re.compile(r"\s*(\d+)\s*x\s*(\S.*?)\s*")


# @assembly:price_quote @order:1 @connects_to:look_up_unit_prices
def parse_order_lines(text: str) -> list[tuple[int, str]]:
    """Return the amount and article of every order line, in order.

    FR1: `3 x chair` is three chairs. FR2: a line that is none raises `ValueError` with its number and text.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        # EDGE CASE: an order that was pasted from mail has empty lines between the order lines
        if not line.strip():
            continue
        found = ORDER_LINE.fullmatch(line)
        if found is None:
            # WHY: the number lets the customer find the line in a long order
            raise ValueError(f"line {number} is no order line: {line!r}")
        lines.append((int(found[1]), found[2].lower()))
    return lines
