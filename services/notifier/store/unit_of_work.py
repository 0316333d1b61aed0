"""The notifier's unit of work: its repositories over one transaction."""

from shared.kit import unit_of_work


class UnitOfWork(unit_of_work.UnitOfWork):
    pass
