"""Tests of wlnet.runtime."""
