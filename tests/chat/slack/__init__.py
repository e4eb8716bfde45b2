"""Tests of the Slack room: the real client, Bolt and Socket Mode against a stand-in."""
