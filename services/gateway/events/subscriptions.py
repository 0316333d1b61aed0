"""What the gateway listens to."""

from shared.kit.consumer import Subscriptions

SUBSCRIPTIONS = Subscriptions({})
