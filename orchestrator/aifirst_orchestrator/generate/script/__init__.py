"""Generation of TypeScript and JavaScript: both are modules that Node runs."""
