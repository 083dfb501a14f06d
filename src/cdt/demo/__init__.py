"""The demo: a real model's predictions of who is employed, streamed in time order, with the truth following later."""
