; One file is one unit.
