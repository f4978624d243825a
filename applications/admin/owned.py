"""What every page of the staff's side has in common: who may write, and that it is recorded."""

from applications import audit


class OwnedByVerbs:
    """Rows that people read here; only a verb, with its entry in the trail, may change them."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Recorded:
    """A stock form whose every save enters the trail, in the same transaction."""

    def log_addition(self, request, obj, message):
        self.record(request, obj, "made", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        if message:
            self.record(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def record(self, request, obj, happened: str, message) -> None:
        audit.record(
            f"{obj._meta.model_name}.{happened}",
            obj,
            at=request.arrived_at,
            actor=request.user.get_username(),
            changes=message,
        )

    def has_delete_permission(self, request, obj=None):
        return False
