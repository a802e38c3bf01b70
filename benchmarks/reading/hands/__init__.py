"""What hands that nobody trained on wrote: letters, strips, separators."""
