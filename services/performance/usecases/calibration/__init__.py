"""Forced distribution and calibration of a frozen cycle."""
