"""The manual pages and the shell completions, made from the very words that `--help` and the JSON Schema say."""
