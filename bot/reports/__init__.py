"""The follow-up as a document."""
