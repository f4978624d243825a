"""The public pages, split by what a person does there."""
