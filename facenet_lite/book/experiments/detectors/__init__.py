"""The detectors side by side: scenes of known faces, rates, times and frames."""
