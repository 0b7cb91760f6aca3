"""The report formats of a review: one file each, all made from the model alone."""
