"""What a model is given: parts, packed into its window by their importance."""
