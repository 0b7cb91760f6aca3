"""How many calls and how much time a stack takes, measured: `make bench`. See docs/bench.md."""
