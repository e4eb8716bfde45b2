"""What takes a due delivery to the code that delivers it."""
