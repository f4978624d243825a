"""The demo: calls, people and applications to play with. Data here, the portal's verbs do it."""
