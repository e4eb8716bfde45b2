"""Calendars that others keep: asked for, and read, without trusting whoever answers."""
