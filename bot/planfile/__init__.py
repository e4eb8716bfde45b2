"""Activity plans as YAML files: read, checked, explained."""
