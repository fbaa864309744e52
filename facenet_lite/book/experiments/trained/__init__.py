"""Networks trained under many settings: data, dimension, margin, mining."""
