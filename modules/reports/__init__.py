"""What a person wants to know of a system: who reaches whom, who may use what, how much there is."""
