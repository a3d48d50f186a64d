"""What Watchglass costs: figures measured in one run on one machine, written to docs/performance.md."""
