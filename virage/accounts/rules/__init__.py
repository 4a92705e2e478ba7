"""What is decided without a database: how long a session lasts."""
