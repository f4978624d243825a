"""What `make run` and `make test` are made of: the standard library only, no Django."""
