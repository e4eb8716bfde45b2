"""Proves how plan files are read."""
