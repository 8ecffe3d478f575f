"""The commands of `aifirst model`, one a file; each is imported when it is asked for."""
