"""`python -m aifirst_lsp_server`: the server, for who has no `aifirst` command."""

import sys

from aifirst_lsp_server.main import main

sys.exit(main())
