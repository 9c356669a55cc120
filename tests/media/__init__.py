"""Tests of wlnet/media."""
