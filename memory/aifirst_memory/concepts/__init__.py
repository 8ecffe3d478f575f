"""Level 5: terms of the domain, what implements them, how they relate, and what follows from that."""
