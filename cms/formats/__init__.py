"""How dates are written, where Django's own formats leave it out."""
