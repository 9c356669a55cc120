"""CUDA kernels run on the host: `emulator.hpp` and its launcher (design.md section 7)."""
