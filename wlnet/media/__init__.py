"""Images and sounds: the atoms Image, Image3D and Audio, colours, and the functions that work on them.

Pictures that are drawn (Graphics, Plot, ...) belong to `wlnet.graphics`; encoders of images and sounds to
`wlnet.net`. Both speak of the atoms of this room.
"""
