"""Live reading: frames read and followed in a thread, sinks told, signals heeded."""
