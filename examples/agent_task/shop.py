"""Prices of a shop."""


def price(amount: int, unit: float) -> float:
    """Return the price of an amount of something; large orders cost less."""
    # WHY: a discount from ten pieces on keeps large orders here.
    if amount > 10:
        return amount * unit * 0.95
    # WHY: small orders pay in full, packing costs the same.
    return amount * unit
