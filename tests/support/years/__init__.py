"""Two virtual years of one bouncer: the people, the wires, the owner's hand, and the promises that must hold all the while."""
