"""`make bench`: what a page costs with 50,000 acts in the database."""
