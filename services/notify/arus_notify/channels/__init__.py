"""The ways out, behind one port."""
