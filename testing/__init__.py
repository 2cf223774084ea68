"""What tests and benchmarks share: a running service, its servers, a department, a storm, a fake learning platform."""
