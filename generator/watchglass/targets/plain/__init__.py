"""A service as plain SQL, ready for an editor."""
