"""Faces with fewer pixels or more compression, and the effect on their embeddings."""
