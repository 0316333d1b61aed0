"""What the notifier listens to."""

from shared.kit.consumer import Subscriptions

SUBSCRIPTIONS = Subscriptions({})
