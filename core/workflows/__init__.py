"""What joins areas: comparing encoders, evaluating search, encoding a vocabulary."""
