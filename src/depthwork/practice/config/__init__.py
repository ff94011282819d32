"""Settings, addresses and the door of the Django project."""
