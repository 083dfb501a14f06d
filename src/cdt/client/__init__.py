"""Send predictions and labels to CDT from the program that makes them.

```python
from cdt.client import Client

with Client("https://cdt.example.com", key="cdt_...") as client:
    client.log_predictions(version_id, [
        {
            "prediction_id": "order-1071",
            "predicted_at": datetime.now(UTC),
            "decision": "approve",
            "score": 0.93,
            "features": {"amount": 120.5, "country": "NO"},
        },
    ])
    client.log_labels(version_id, [{"prediction_id": "order-1071", "label": "approve"}])
```

Rows, columns of lists or NumPy arrays, Arrow tables and data frames are all taken, and cut into requests of a good
size. What was sent is stored once, however often a request had to be repeated.
"""

from cdt.client.client import Client, sign_in
from cdt.client.errors import (
    CdtError,
    Conflict,
    Forbidden,
    Invalid,
    NotCdt,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from cdt.client.receipts import BaselineReceipt, Receipt, Rejection

__all__ = [
    "BaselineReceipt",
    "CdtError",
    "Client",
    "Conflict",
    "Forbidden",
    "Invalid",
    "NotCdt",
    "NotFound",
    "Receipt",
    "Rejection",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "sign_in",
]
