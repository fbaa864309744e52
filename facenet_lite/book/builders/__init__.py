"""Files that the package ships or reads, and can rebuild: ``facenet-lite build NAME``."""
