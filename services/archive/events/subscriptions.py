"""What the archive listens to."""

from shared.kit.consumer import Subscriptions

SUBSCRIPTIONS = Subscriptions({})
