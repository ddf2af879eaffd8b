"""SciPy's special functions, loaded when the first of them is called.

Loading them takes a quarter of a second, and most commands only read what statistics call things.
"""

from collections.abc import Callable
from typing import Any

import scipy


def _late(name: str) -> Callable[..., Any]:
    def function(*given: object) -> Any:
        return getattr(scipy.special, name)(*given)

    return function


betainc = _late("betainc")
betaincc = _late("betaincc")
betaincinv = _late("betaincinv")
betaln = _late("betaln")
chdtrc = _late("chdtrc")
chdtri = _late("chdtri")
digamma = _late("digamma")
expit = _late("expit")
gammaincinv = _late("gammaincinv")
gammaln = _late("gammaln")
ndtr = _late("ndtr")
ndtri = _late("ndtri")
pdtr = _late("pdtr")
polygamma = _late("polygamma")
stdtr = _late("stdtr")
stdtrit = _late("stdtrit")
xlog1py = _late("xlog1py")
xlogy = _late("xlogy")
