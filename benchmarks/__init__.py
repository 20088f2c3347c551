"""Benchmarks: one command, one table. Not part of the tests: machines are noisy."""
