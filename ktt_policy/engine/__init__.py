"""A checked rulebook + documents + evaluation date → report.

`run` leads; `judge` asks the interpreter item by item (the reference); `compiled` judges sound documents in
fused loops; `findings` makes what is reported.
"""
