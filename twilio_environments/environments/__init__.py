"""Environments that come and go: stack files made from one another, and the removal of what has outlived its time."""
