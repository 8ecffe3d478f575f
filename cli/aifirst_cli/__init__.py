"""The `aifirst` command: one door of several; it parses, calls and prints, and decides nothing itself."""
