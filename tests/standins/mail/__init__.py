"""A stand-in for a mail server on loopback: SMTP with TLS and log-in, and faults on order."""
