"""Post messages, and send what is due."""

from virage.notifications.actions.posting import Recipient, post, post_all

__all__ = ["Recipient", "post", "post_all"]
