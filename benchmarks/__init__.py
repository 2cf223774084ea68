"""What Chainrule costs, measured: `make bench` prints one table. Nothing is asserted here.

Ratios are taken in one run on one machine; absolute figures are medians and depend on the machine.
"""
