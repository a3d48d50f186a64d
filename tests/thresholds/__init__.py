"""Levels on one axis: what is at which, which conditions meet, and how numbers are told."""
