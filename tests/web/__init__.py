"""Tests of the pages, against the real application on loopback."""
