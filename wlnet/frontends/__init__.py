"""The doors: command line, prompt, progress panel."""
