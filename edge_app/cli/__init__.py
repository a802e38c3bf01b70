"""The command `edge-digits`: its parts, their options and settings."""
