"""The rules, one a file, in a folder per family. The engine finds them; nothing lists them by hand."""
