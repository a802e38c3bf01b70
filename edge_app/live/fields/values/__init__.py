"""The numbers of fields over time: steady, plausible and kept."""
