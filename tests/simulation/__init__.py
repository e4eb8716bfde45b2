"""The simulator: the real services through years of plan, with faults at every port."""
