"""The results of reading: searched, exported, corrected."""
