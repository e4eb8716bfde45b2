"""The field's nouns: plans, occurrences, reminders, answers. No input or output."""
