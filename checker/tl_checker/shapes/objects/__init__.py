"""The axes of objects: receivers, locals that hold one, replaced fields."""
