"""The people side of the desk: screens in Wagtail's admin."""
