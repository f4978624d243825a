"""What addresses are made of: the number of an application and the key of a section."""

from applications.questions import BY_KEY


class NumberConverter:
    """A number like 417-208; any other spelling is another address, and there is none."""

    regex = "[0-9]{3}-[0-9]{3}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class SectionConverter(NumberConverter):
    regex = "|".join(BY_KEY)
