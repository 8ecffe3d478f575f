"""AF3xx: token connectivity: tags resolve, terms carry over, requirements are traced."""
