"""Object storage: immutable objects under keys, in a folder of this machine or in a bucket."""
