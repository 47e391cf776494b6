"""The verbs: pure functions from nouns to nouns, one file per step."""
