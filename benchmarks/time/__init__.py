"""How long reading takes, in milliseconds and instructions."""
