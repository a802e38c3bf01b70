"""What people say was read wrongly, kept for training."""
