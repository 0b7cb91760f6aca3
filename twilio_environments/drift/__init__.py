"""Drift review: who changed what outside of Pulumi, whether it matters, and how to settle it.

`review/` builds the model (`model.py`) from plain data and one session, and never writes; `reports/` renders it.
"""
