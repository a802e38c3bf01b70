"""What reading needs to know of a trained page network, fitted on scenes."""
