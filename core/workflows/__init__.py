"""What joins several areas: comparing encoders, evaluating search, encoding a vocabulary, sentiment three ways."""
