"""How a process that is ours alone runs: its environment, its memory, its output."""
