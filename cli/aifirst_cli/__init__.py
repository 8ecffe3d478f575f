"""The `aifirst` command."""
