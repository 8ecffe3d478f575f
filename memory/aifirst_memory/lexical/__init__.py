"""The lexical index: exact words of code, comments and names, ranked by BM25 over units and over files."""
