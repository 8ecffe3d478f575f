"""One resolution a module: what is given of a unit, from all of its text down to its name."""
