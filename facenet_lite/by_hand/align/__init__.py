"""Alignment by hand: the sums behind the closed form, and imutils' FaceAligner taken apart."""
