### Words that people type or dictate. Alternatives are separated by “|”.
### They hold in all languages at once: none may mean something else in another.

word-answer = Going | On my way | 1 | Ok | Okay | Received | Got it
word-going = Going | On my way | Coming
word-cannot = I can't | Can't | Cannot | I cannot | Can't go | I can't go
word-done = Done | All done | Finished | Completed
word-today = Today
word-tomorrow = Tomorrow
# Looked for within what is written. “SOS” stays out: in Spanish of the River Plate it means “you are”; so does “help” alone, which is given to others, too.
word-cry = I need help | We need help | Help me | Help us | Shots fired | Shooting at me | Shooting at us | I am hurt | I am injured | Officer down | Send backup | I need backup | We need backup
