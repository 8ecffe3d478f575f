"""A class or function in each language that pairs are made of, with comments, for the tests of AICCL."""

from __future__ import annotations

SOURCES = {
    "python": '''\
class Cart(Base):
    def total(self, rate):
        """The sum of all that is in the cart, with tax; raises where a price is missing."""
        for item in self.items:
            # An item without a price cannot be sold, so it must not be counted either.
            if item.price is None:
                raise PriceError(item.price)
            self.log(item.price)
        return sum(item.price for item in self.items) * rate < 3 << 2
''',
    "javascript": """\
class Cart {
  /** The sum of all that is in the cart, with tax, or zero where it is empty. */
  total(rate) {
    // An empty cart costs nothing, whatever the rate.
    if (!this.items.length) return 0;
    return this.items.map((item) => item.price * rate) </c/.x;
  }
}
""",
    "typescript": """\
/** The sum of all that is in the cart, with tax, or zero where it is empty. */
export function total<T extends Item>(items: T[], rate: number): number {
  // An empty cart costs nothing, whatever the rate.
  return items.map((item) => item.price).reduce((one, other) => one + other, 0) * rate;
}
""",
    "java": """\
class Cart {
  /** The sum of all that is in the cart, with tax, or zero where it is empty. */
  public int total(int rate) throws PriceException {
    // An empty cart costs nothing, whatever the rate.
    if (items.isEmpty()) {
      return 0;
    }
    return items.size() * rate;
  }
}
""",
    "go": """\
// Total is the sum of all that is in the cart, with tax, or zero where it is empty.
func (c *Cart) Total(rate int) (int, error) {
\tif rate < 0 {
\t\treturn 0, errRate
\t}
\treturn len(c.items) * rate, nil
}
""",
    "rust": """\
impl Cart {
    /// The sum of all that is in the cart, with tax, or zero where it is empty.
    pub fn total(&self, rate: i32) -> i32 {
        // An empty cart costs nothing, whatever the rate.
        self.items.len() as i32 * rate
    }
}
""",
    "php": """\
class Cart
{
    /** The sum of all that is in the cart, with tax, or zero where it is empty. */
    public function total(int $rate): int
    {
        return count($this->items) * $rate;
    }
}
""",
}
