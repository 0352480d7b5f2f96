"""What is known at a place: values of ints and shapes, conditions that the program has passed."""
