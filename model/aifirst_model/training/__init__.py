"""Training: recipes, the run that can be killed and resumed, the estimate before it, merging and the model card."""
