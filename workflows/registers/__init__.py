"""Reading the public registers of the regulators, one module for each regulator."""
