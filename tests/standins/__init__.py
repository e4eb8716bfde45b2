"""Stand-ins for outside products: real servers on loopback that real clients meet."""
