"""What `vmap` makes of a call of the native kernel."""
