"""确权: who a component belongs to is confirmed by the units themselves before the city goes live."""
