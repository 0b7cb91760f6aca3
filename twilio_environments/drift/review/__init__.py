"""A review, one way: gather (`state`, `read`) → `compare` → judge → advise → what a report shows (`run`)."""
