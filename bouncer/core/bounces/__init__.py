"""Delivery notices: one file per format that has a grammar."""
