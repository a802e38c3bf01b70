"""Accuracy, confidence and time of the classifiers."""
