"""Shape signatures of libraries that we do not own, as data for the static checker. None is written yet."""
