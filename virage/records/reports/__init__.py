"""What pages of the record read: lists, likely duplicates, the trail of reads and changes."""
