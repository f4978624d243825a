from django.core.management.base import BaseCommand, CommandError

from citizenjournalists import translating


class Command(BaseCommand):
    help = (
        "Bring the catalogues in locale/ up to date and compile them, without GNU gettext. "
        "With --check change nothing, list what is not translated, and exit 1 if anything is."
    )

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, **options):
        if not check:
            for language, catalogue in translating.update().items():
                self.stdout.write(
                    f"{language}: {len(catalogue.translated_entries())} translated, "
                    f"{len(catalogue.untranslated_entries())} not, "
                    f"{len(catalogue.obsolete_entries())} no longer used"
                )
        elif lacks := translating.lacks():
            self.stdout.write("\n".join(str(lack) for lack in lacks))
            raise CommandError(f"{len(lacks)} strings are not as they should be.")
        else:
            self.stdout.write("Every string is there in every language it is needed in.")
