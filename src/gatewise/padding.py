"""What stands where a sequence has no step, agreed between the data and the networks."""

PADDING_ID = 0
UNKNOWN_ID = 1

# A padded step of a numeric series. A standardised measurement never comes near it, and
# keras.layers.Masking turns such a step to zeros and hides it from the recurrent layers.
SERIES_PADDING = -1e9
