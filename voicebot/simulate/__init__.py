"""Customers that talk back, as data: used by the demo, tests and benchmarks."""
