"""Memory of work: what was tried, decided and changed before, and how it went. Not derived from the code."""
