"""What came of a training, for people."""
