"""Slack: posting through its Web API, answers through Socket Mode or HTTP events."""
