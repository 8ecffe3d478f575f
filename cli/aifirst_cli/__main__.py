"""`python -m aifirst_cli` is `aifirst`.

Python puts the folder one stands in first on its path for `-m`; it is taken off again before anything else is
imported, so that no `click.py` of a workspace runs. A workspace that holds an `aifirst_cli` folder is found
before this file is: use `aifirst` or `python -I -m aifirst_cli` where the workspace is not trusted.
"""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]
    from aifirst_cli.main import main

    main()
