"""Running the whole product on one machine: its parts, who watches over them, and asking whether it is ready."""
