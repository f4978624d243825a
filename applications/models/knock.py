"""A knock at a door that opens only so often: starting an application, a lost link, a file."""

from django.db import models


class Knock(models.Model):
    """`who` is a keyed hash of an address: what was typed or where from can't be read back."""

    door = models.CharField(max_length=20)
    who = models.CharField(max_length=43)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["door", "who", "at"]), models.Index(fields=["at"])]

    def __str__(self):
        return f"{self.door} {self.at}"
