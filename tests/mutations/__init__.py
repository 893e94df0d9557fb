"""Small changes to the source, each of them a bug, and the tests that must notice.

Some were real in systems of the field: Formhub #678 (one form counted ten times because the phone
sent it until it heard an answer), kobocat #470 (the same submission from two connections at once
stored twice). The others break a promise of docs/sync.md one at a time.
"""

from tests.mutations import coverage, ledger
from tests.mutations.making import Mutation

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS = (*ledger.BUGS, *coverage.BUGS)
