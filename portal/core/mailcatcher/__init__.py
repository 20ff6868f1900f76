"""Mail that stays here: a mail server for demos and development, and a page that shows what it got."""
