"""What annotations say, and how mypy's types carry it: names, axes, element types, fields of classes."""
