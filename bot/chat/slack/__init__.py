"""Slack, through slack-sdk and Bolt."""
