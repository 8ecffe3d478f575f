"""Layout: what stands between the tokens of a program, made as small as the language allows. No token changes."""
