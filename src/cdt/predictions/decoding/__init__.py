"""From the bodies of senders to rows of a version's signature: bad rows are named, good ones answered."""
