"""The one HTTP client of this project: small, cancelled at once, and silent to any server that nobody named."""
