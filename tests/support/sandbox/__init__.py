"""The restrictions of a systemd unit on a machine that systemd does not run: read from the unit, applied by the same means.

`python -m support.sandbox UNIT... -- COMMAND` (as root) becomes COMMAND under what [Service] of the units says, the later ones drop-ins.
"""
