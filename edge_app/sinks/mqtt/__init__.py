"""Readings sent to an MQTT broker, and shown to Home Assistant."""
