"""Images that classifiers learn from."""
