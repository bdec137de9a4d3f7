"""What docs/make_pictures.py draws: a module for each kind of picture."""
