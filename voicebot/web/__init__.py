"""The web app over both halves."""
