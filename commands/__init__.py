"""The commands of `rehearse`, by what they are about: each is a call and a printout. They alone import all the rest."""
