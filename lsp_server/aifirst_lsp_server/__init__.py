"""The language server of aifirst: `aifirst lsp`."""
