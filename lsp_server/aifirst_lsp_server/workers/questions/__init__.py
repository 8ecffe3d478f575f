"""What workers can be asked, one file a question.

A file holds `Question` and `Answer`, plain structs that cost nothing to import, and `answer(desk, question)`, which
imports what it needs inside: the main process imports the file too, and never what stands behind it.
"""
