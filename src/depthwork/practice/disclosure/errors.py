"""What can go wrong when something leaves or comes in."""


class DisclosureError(Exception):
    """One clear line for the person: what, where, the mend."""
