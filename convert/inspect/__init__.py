"""The contents of a model file."""
