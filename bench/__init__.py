"""Measures how many calls and how much time a stack takes: `make bench`. See docs/bench.md."""
