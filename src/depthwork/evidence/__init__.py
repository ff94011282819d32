"""What trials found: pooling, published figures, forest plots' numbers."""
