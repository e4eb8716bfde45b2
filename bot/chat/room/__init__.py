"""The web room: the embedded chat product."""
