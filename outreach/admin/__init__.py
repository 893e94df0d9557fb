"""Menu items and panels in Wagtail's admin, a module a part."""
