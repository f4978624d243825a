from django.core.management.base import BaseCommand, CommandError

from citizenjournalists import verifying

SHOWN = 10  # of what breaks a rule


class Command(BaseCommand):
    help = "Check what must hold in the whole database, rule by rule; exit 1 on a violation."

    def handle(self, **options):
        broken = 0
        for finding in verifying.verify():
            mark = "BROKEN" if finding.broken else "holds "
            self.stdout.write(
                f"{mark} {len(finding.broken):>5} of {finding.looked_at:<6} {finding.rule}"
            )
            for line in finding.broken[:SHOWN]:
                self.stdout.write(f"         {line}")
            if len(finding.broken) > SHOWN:
                self.stdout.write(f"         … and {len(finding.broken) - SHOWN} more")
            broken += bool(finding.broken)
        if broken:
            raise CommandError(f"{broken} rules are broken.")
        self.stdout.write("Every rule holds.")
