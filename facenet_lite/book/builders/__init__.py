"""Files that the package brings or reads and can make again: ``facenet-lite build NAME``."""
