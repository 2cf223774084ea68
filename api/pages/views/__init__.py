"""What templates are given: frozen values made from the service's answers. No HTTP, no database, no HTML."""
