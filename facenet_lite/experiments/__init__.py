"""The experiments behind the book's recorded results, one file each."""
