"""The AsyncAPI document of all that is on the bus, made from the contracts and from what each service listens to."""
