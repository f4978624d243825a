"""A file that has lost its row and still has to go from where files lie."""

from django.db import models


class DiscardedFile(models.Model):
    """Stands from the transaction that gave the file up until the file is really gone."""

    name = models.CharField(max_length=255)
    at = models.DateTimeField()

    def __str__(self):
        return self.name
