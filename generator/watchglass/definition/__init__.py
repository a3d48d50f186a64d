"""What people wrote becomes a resolved service: read with its places, modelled, linked and checked."""
