"""What may be wrong with a stored file."""


class StorageError(Exception):
    """The file can't be given back as it was stored; the message says why, never with its content."""


class MissingError(StorageError):
    """No such file."""


class AlteredError(StorageError):
    """Changed, cut, reordered, or put in the place of another since it was written."""


class KeyMissingError(StorageError):
    """The key that the file names is not in the keys' folder."""
