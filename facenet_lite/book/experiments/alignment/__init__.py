"""What alignment is worth: accuracy on LFW with faces cropped in several ways."""
