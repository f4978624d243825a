"""Calls as the jury's side knows them: a copied season takes its rubric along."""

from django.contrib import admin
from django.db import transaction

from applications.admin.calls import CallAdmin
from applications.models import Call
from reviews.copying import copy_rubric


@admin.register(Call)
class CallWithRubricAdmin(CallAdmin):
    def copy(self, call, request):
        with transaction.atomic():
            new = super().copy(call, request)
            copy_rubric(call, new)
        return new
