"""Cases, tasks and requests as screens, prints and the API show them; nothing here writes."""
