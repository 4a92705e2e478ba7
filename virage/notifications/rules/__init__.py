"""What messages say, how they are put together, and when they are tried again."""
