"""Level 2: tags, tickets, markers and assembly lines, where they are defined and used."""
