"""The pages: room, status, follow-up, feeds."""
