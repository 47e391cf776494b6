"""The packs, compiled with what an earlier start worked out of them."""

from collections.abc import Sequence

from bouncer.core.analysis import analysed
from bouncer.core.wording import Wording, compile_packs
from bouncer.edge.analyses import Analyses
from bouncer.model import Pack


def compiled(packs: Sequence[Pack], analyses: Analyses | None = None) -> Wording:
    """Compile *packs*. Raises OwnerFault naming file and line of every phrase that cannot be."""
    analyses = analyses or Analyses()
    made = analysed(packs, analyses.known(packs))
    analyses.keep(packs, made)
    return compile_packs(packs, made)
