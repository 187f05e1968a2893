def execute_command(image):
    import math
    import collections as c
    from math import sqrt, pi as PI
    from itertools import chain
    from typing import List, Optional
    return math.floor(2.5), c.Counter('aab')['a'], sqrt(16), round(PI, 4), list(chain([1], [2]))
