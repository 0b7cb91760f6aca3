"""What a review looks like: one file for each format, all made from the model alone."""
