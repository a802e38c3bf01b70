"""What a person says that numbers truly are, kept for training."""
