"""`python -m aifirst_cli` is `aifirst`."""

from aifirst_cli.main import main

main()
