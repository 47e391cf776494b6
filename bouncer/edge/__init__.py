"""The world: one file per library or thing."""
