"""Commands of the developers; nothing here is part of the product."""
