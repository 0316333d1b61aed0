"""What the performance listens to."""

from shared.kit.consumer import Subscriptions

SUBSCRIPTIONS = Subscriptions({})
