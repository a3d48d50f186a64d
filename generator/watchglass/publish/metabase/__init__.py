"""Metabase's objects as kinds: how each is found by its mark, brought to its normal form, written and removed."""
