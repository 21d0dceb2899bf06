### Words that people type or dictate. Alternatives are separated by “|”.
### They hold in all languages at once: none may mean something else in another.

word-answer = Going | On my way | 1 | Ok | Okay | Received | Got it
word-going = Going | On my way | Coming
word-cannot = I can't | Can't | Cannot | I cannot | Can't go | I can't go
word-done = Done | All done | Finished | Completed
word-today = Today
word-tomorrow = Tomorrow
