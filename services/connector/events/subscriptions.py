"""What the connector listens to."""

from shared.kit.consumer import Subscriptions

SUBSCRIPTIONS = Subscriptions({})
