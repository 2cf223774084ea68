"""The rubric of RDFIA 2-ab and 2-cd: what each way of writing it earns."""
