"""Makes the judge's topology of what AWS answered: keys are AWS ids, and most things are known."""
