"""Live reading over time."""
