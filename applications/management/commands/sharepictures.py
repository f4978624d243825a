"""Draw the pictures that link previews show, one per language: static/share-<language>.png.

Run when the words or the mark change, and commit what it makes: previews are fetched by other
people's servers, so the pictures are plain files.
"""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw, ImageFont

from applications.papers import FONTS

WORDS = {
    "ru": ("Гражданские\nжурналисты", "Грант для независимых редакций\nКазахстана и Таджикистана"),
    "kk": (
        "Азаматтық\nжурналистер",
        "Қазақстан мен Тәжікстанның\nтәуелсіз редакцияларына арналған грант",
    ),
    "tg": (
        "Журналистони\nшаҳрвандӣ",
        "Грант барои расонаҳои мустақили\nҚазоқистон ва Тоҷикистон",
    ),
    "en": (
        "Citizen\nJournalists",
        "A grant for independent newsrooms\nof Kazakhstan and Tajikistan",
    ),
}
SIZE = (1200, 630)
PAPER, INK, SOFT, ACT, SUN = "#fbfaf7", "#1b2430", "#55606d", "#0b5d5e", "#f2b632"
OUTER = ((0, 100), (139, 3), (159, 3), (20, 100), (159, 197), (139, 197))
INNER = ((36, 100), (139, 28), (153, 28), (50, 100), (153, 172), (139, 172))
COLOURS = 40
FINER = 3  # drawn this many times larger, then made smaller: smooth edges


class Command(BaseCommand):
    help = "Draw the pictures for link previews, one per language, into static/."

    def handle(self, *args, **options):
        folder = Path(settings.BASE_DIR) / "static"
        for language, (title, line) in WORDS.items():
            path = folder / f"share-{language}.png"
            picture(title, line).save(path, optimize=True)
            self.stdout.write(f"{path.name}: {path.stat().st_size} bytes")


def picture(title: str, line: str) -> Image.Image:
    """Return the picture: the title, a line under it, the dots between guillemets, the strip."""
    large = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), PAPER)
    pen = ImageDraw.Draw(large)
    pen.rectangle((0, 596 * FINER, *large.size), fill=SUN)
    draw_dots(pen, left=712, top=190, scale=1.06)
    write(pen, "«", (70, 150), "Bold", 72, ACT)
    end = write(pen, title, (122, 150), "Bold", 72, INK)
    write(pen, "»", end, "Bold", 72, ACT)
    write(pen, line, (122, 366), "Regular", 29, SOFT)
    small = large.resize(SIZE, Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def write(pen: ImageDraw.ImageDraw, text: str, at, weight: str, size: int, color: str):
    """Write lines of text and return where the last of them ends."""
    font = ImageFont.truetype(FONTS / f"NotoSans-{weight}.ttf", size * FINER)
    x, y = at
    for line in text.split("\n"):
        pen.text((x * FINER, y * FINER), line, font=font, fill=color)
        end, y = (x + font.getlength(line) / FINER + 4, y), y + size * 1.18
    return end


def draw_dots(pen: ImageDraw.ImageDraw, *, left: float, top: float, scale: float) -> None:
    """Draw 11 × 11 dots between guillemets, as on the call's page; the middle one is the sun."""

    def place(x: float, y: float) -> tuple[float, float]:
        return (left + x * scale) * FINER, (top + y * scale) * FINER

    def dot(x: float, y: float, radius: float, color: str) -> None:
        (cx, cy), r = place(x, y), radius * scale * FINER
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=color)

    for shape in (OUTER, INNER):
        pen.polygon([place(x, y) for x, y in shape], fill=ACT)
        pen.polygon([place(400 - x, y) for x, y in shape], fill=ACT)
    for row in range(11):
        for column in range(11):
            dot(75 + 12.5 * (row + column), 100 + 8.6 * (column - row), 3.2, ACT)
    dot(200, 100, 9.5, SUN)
