"""What the benchmarks share: options, results, readers."""
