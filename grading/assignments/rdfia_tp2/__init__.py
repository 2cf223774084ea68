"""RDFIA, practical work 2-ab and 2-cd (Sorbonne): a network by hand and with torch, a convolutional one on CIFAR-10."""
