"""Chaos for real: processes are killed, the database goes away, and then it is counted."""
