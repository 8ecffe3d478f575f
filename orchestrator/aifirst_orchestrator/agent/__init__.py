"""A task on a codebase that is there: a plan, small edits by tools, judged, tested, shown before they are written."""
