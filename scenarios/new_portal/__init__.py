"""A starting point for a portal of another shape: from nothing, an OpenAPI document, or a HAR file of a browser."""
