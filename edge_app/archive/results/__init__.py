"""What was read: searched, exported, corrected."""
