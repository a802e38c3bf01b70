"""Train the separator network, which says what stands between two digits."""
