"""A migration and a definition's statements → what the migration breaks of them, or changes without an error."""
