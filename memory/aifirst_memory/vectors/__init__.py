"""Level 3: a vector for every unit, for glue that says something of its own, and for tickets."""
