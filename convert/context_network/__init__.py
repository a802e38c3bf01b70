"""Convert the context network, which looks again at what may be a digit."""
