"""Benchmark: this project's engine beside hand-written Python and rule engines from PyPI."""
