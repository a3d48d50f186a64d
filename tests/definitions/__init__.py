"""The definitions that this repository keeps: they compile, every statement runs, and they mean what their facts say."""
