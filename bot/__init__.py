"""Löftesbot keeps what police and municipality promised."""
