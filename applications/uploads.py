"""How uploads come in: with their whole names, and never more than a request may hold."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler

MOST_BYTES_IN_A_REQUEST = 80 * 1024 * 1024  # several files of 10 MB, chosen without script


class WholeName:
    """Give the file its name as it was sent: Django's own `name` is cut at 255 characters."""

    def file_complete(self, file_size):
        if (file := super().file_complete(file_size)) is not None:
            file.whole_name = self.file_name
        return file


class InMemory(WholeName, MemoryFileUploadHandler):
    """Small files. Refuses a request that is too large before reading it."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        if content_length > MOST_BYTES_IN_A_REQUEST:
            raise RequestDataTooBig("A request may hold 80 MB of files.")
        return super().handle_raw_input(input_data, META, content_length, boundary, encoding)


class OnDisk(WholeName, TemporaryFileUploadHandler):
    """Larger files."""
