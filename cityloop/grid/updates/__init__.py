"""Online update of components (部件在线更新): propose on the spot, decide at the desk, measure the yearly rate."""
