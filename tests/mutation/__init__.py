"""One wrong character in a definition → whether `check`, `validate` or `test` finds it."""
