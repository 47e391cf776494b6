"""The probes of a check-up: each looks at one thing and judges nothing; none but the trial letter leaves anything behind."""
