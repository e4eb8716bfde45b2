"""The ledger and the outbox in a database, through SQLAlchemy Core."""
