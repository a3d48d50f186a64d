"""Labels and annotations of a rule: the part of Go's templates that they need."""
