"""Reports: which promises were kept, counted from scores, which are never changed. See docs/reports.md."""
