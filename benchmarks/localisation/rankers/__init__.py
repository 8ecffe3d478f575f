"""The rankers that are compared, one a file; `benchmarks.localisation.ranker` says what they have to be."""
