"""
A Metabase on loopback, 0.50 to 0.63: what its API takes, answers, refuses and does on the side.

The facts are those of the contracts (a page of facts with their sources, and recorded answers of two generations).
"""
