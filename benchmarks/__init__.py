"""How fast and how light Latchkey is, as ratios measured in one run: python -m benchmarks.run"""
