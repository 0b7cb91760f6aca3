"""Short-lived environments: stack files derived from one another, and the removal of what has expired."""
