"""The time that reading takes, in milliseconds and instructions."""
