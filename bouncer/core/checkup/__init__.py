"""What is wrong with a set-up: facts in, diagnoses out, each with a stable id, a sentence and a mend."""

from bouncer.core.checkup.files import judge_files
from bouncer.core.checkup.servers import judge_clock, judge_imap, judge_smtp
from bouncer.core.checkup.trial import judge_trial
from bouncer.core.checkup.verdict import exit_code

__all__ = ["exit_code", "judge_clock", "judge_files", "judge_imap", "judge_smtp", "judge_trial"]
