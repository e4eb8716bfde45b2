"""The verbs: planning, reminding, delivering, answering, following up. No input or output."""
