"""Benchmarks: how fast it is, each figure beside a peer of the same run."""
