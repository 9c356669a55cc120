"""Tests of wlnet/graphics."""
