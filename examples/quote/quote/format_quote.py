# @TAG:FEATURE:price-quote
# @TAG:SPEC:specs/quote.md
"""Formats the quote: the last step."""


# @assembly:price_quote @order:5 @depends_on:add_sales_tax,apply_volume_discount
def format_quote(costs, sums, customer=None, currency="EUR", width=44, language="en", footer=""):
    """Return the quote as text.

    Args:
        locale: the language of the words, "en" or "de"
        width: columns of a line
    """
    names = {"en": ("Quote", "Sum", "Tax", "Total"), "de": ("Angebot", "Summe", "Steuer", "Gesamt")}
    if language not in names:
        language = "en"
    title, net_name, tax_name, total_name = names[language]
    if customer:
        title = title + " for " + customer if language == "en" else title + " an " + customer
    out = [title, "=" * width]
    for amount, article, cost in costs:
        cents = (cost + 50) // 100
        if currency == "EUR":
            money = f"{cents // 100}.{cents % 100:02d} EUR"
        elif currency == "USD":
            money = f"${cents // 100}.{cents % 100:02d}"
        elif currency == "GBP":
            money = f"£{cents // 100}.{cents % 100:02d}"
        elif currency == "JPY":
            money = f"¥{cents // 100}"
        else:
            money = f"{cents // 100}.{cents % 100:02d} {currency}"
        left = f"{amount:>4} x {article}"
        if len(left) + len(money) + 1 > width:
            left = left[: width - len(money) - 2] + "."
        out.append(left + " " * (width - len(left) - len(money)) + money)
    out.append("-" * width)
    for name, cents in zip((net_name, tax_name, total_name), sums, strict=True):
        if currency == "EUR":
            money = f"{cents // 100}.{cents % 100:02d} EUR"
        elif currency == "USD":
            money = f"${cents // 100}.{cents % 100:02d}"
        elif currency == "GBP":
            money = f"£{cents // 100}.{cents % 100:02d}"
        elif currency == "JPY":
            money = f"¥{cents // 100}"
        else:
            money = f"{cents // 100}.{cents % 100:02d} {currency}"
        out.append(name + " " * (width - len(name) - len(money)) + money)
    if footer:
        words = footer.split()
        line = ""
        for word in words:
            if len(line) + len(word) + 1 > width:
                out.append(line)
                line = word
            else:
                line = line + " " + word if line else word
        if line:
            out.append(line)
    return "\n".join(out)
