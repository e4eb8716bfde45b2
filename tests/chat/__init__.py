"""Tests of the chat products."""
