"""The common ground of the benchmarks: options, results, readers."""
