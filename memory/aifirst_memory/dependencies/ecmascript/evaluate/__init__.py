"""What an expression may be: demand-driven, bounded in depth, in steps and in the number of values."""
