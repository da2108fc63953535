"""The drill: real servers and processes, a fault at a random moment, and a judge who counts what came."""
