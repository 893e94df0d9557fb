"""Invented wards, for trying the product and for measuring it. Everybody here is synthetic."""
