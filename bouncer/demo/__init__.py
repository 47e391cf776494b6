"""The embedded mail world that `bouncer demo` runs the production daemon against."""
