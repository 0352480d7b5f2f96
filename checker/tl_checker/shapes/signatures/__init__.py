"""What functions ask and give: signatures against arguments, overrides, protocols, decorators."""
