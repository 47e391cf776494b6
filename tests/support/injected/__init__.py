"""Words that try to be more than words, and the places where they come out."""
