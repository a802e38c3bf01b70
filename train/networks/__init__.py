"""The classifiers, and what they cost."""
