"""Occurrences as iCalendar."""
