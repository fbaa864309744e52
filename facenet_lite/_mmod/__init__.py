"""dlib's CNN face detector without dlib's network code: its file, its canvas, and PyTorch."""
