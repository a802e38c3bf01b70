"""Measure what a model makes of inputs that MNIST's test images do not show."""
