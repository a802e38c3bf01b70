"""The setup of a process that is ours alone: its environment, memory and output."""
