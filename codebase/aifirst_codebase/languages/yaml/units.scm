; One file is one unit: its keys are data.
