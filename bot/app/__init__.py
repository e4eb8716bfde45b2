"""The wiring: the one place that reads the clock and names the adapters."""
