"""Faces with fewer pixels or more compression, and what that does to their embeddings."""
