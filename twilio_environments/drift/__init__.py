"""Drift review: who changed what behind our back, whether it matters, and what settles it.

`read.py` makes the model (`model.py`) from plain data and one session, and never writes; everything else shows it.
"""
