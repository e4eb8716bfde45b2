"""A stand-in for Slack on loopback: Web API, file uploads and Socket Mode, with faults on order."""
