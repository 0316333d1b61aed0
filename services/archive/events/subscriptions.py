"""What the archive listens to."""

from services.archive.events.on_score_published import on_score_published
from services.archive.events.on_score_revised import on_score_revised
from shared.contracts.scores import ScorePublished, ScoreRevised
from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS = Subscriptions({ScorePublished: on_score_published, ScoreRevised: on_score_revised})
