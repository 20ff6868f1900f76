"""The demo: two vendors with their customers, three months of incidents, and what is
known of them, all made through the actions."""

from incidents.demo.roll import roll
from incidents.demo.seed import TELLINGS, seed

__all__ = ["TELLINGS", "roll", "seed"]
