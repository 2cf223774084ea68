"""Homework 2 of ECE 661."""
