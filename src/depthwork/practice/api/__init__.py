"""Read endpoints under the same policy and keys."""
