"""Rules, one a file: a function from what is judged to its findings."""
