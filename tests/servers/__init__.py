"""Stand-in servers on loopback: real HTTP, real state, the refusals of the real ones, and any fault at any request."""
