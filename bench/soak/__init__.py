"""Kill the platform at random instants while people work, then look for what was lost or doubled."""
