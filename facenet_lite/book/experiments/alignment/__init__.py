"""What alignment gains: accuracy on LFW with faces cropped in several ways."""
