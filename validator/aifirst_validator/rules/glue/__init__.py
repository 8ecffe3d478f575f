"""AF2xx: semantic glue: how much there is, and whether it says something."""
