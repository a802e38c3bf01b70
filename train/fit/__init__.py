"""A training of a classifier: its settings, batches, run folder."""
