"""What languages with declared types have in common: their code in a compact form, its values and their flow."""
