"""The daemon: the story of an answer, what goes out, the service, and the wiring of the world behind the ports."""
