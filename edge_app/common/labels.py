"""The labels that models give: ten digits, and one more for what is no digit."""

NUM_DIGITS = 10
REJECT = "reject"  # its label in manifests, and its folder for `train --extra`
