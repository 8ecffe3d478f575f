"""How projects run their tests: one module for each kind of project, which finds its runner and what it needs."""
