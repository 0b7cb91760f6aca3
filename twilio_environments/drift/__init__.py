"""Drift review: who changed what behind our back, whether it matters, and what settles it.

`review/` makes the model (`model.py`) from plain data and one session, and never writes; `reports/` shows it.
"""
