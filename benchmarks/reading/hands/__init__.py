"""The writing of hands that nobody trained on: letters, strips, separators."""
