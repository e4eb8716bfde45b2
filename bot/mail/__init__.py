"""E-mail: reminders handed to a mail server by SMTP."""
