"""What packbuilder costs, as ratios: against ffmpeg-normalize, against a bare encode, and against itself.

    python -m benchmarks.sound [--only normalize] [--rounds 3] [--minutes 10] [--corpus FOLDER]

Seconds of one machine say nothing about another; a ratio of two runs that took turns on it does. packbuilder is
driven by its command line alone. Needs Linux or macOS, and for the comparison `pip install -e ".[bench]"`.
"""
