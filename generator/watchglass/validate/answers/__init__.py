"""What every query gives on its fixtures at one instant, written down, so that another answer is seen."""
