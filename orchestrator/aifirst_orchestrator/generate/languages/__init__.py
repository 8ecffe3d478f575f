"""What generation knows of each language that it writes."""
