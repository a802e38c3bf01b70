"""Look again at what may be a digit, in its place: the context network."""
