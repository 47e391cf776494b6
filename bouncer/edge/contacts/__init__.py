"""Contact files, one file per format."""
