"""The page: its ground, where things lie on it, what surrounds it."""
