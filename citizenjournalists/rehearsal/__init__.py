"""A synthetic call played from its opening to the last erasure, by the portal's own verbs."""
