"""One format a module: how chosen units read as one text, the counted answer itself."""
