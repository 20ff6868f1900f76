"""What ``make bench`` runs. How and why it measures this way: docs/decisions/measuring.md."""
