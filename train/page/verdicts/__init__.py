"""The weights and thresholds of a trained page network, fitted on scenes."""
