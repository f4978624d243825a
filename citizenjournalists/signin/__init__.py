"""Signing in: password and second factor, how long it lasts, what a person is told of it."""
