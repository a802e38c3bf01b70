"""Measure accuracy, latency and memory: ``python -m benchmarks --help``."""
