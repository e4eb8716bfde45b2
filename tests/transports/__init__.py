"""One contract for every transport: the same rules, whatever the product."""
