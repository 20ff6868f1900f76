"""The demo: two vendors with their customers, and three months of incidents, all made through the actions."""

from incidents.demo.roll import roll
from incidents.demo.seed import TELLINGS, seed

__all__ = ["TELLINGS", "roll", "seed"]
