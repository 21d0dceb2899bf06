### /buscar and /historial.

command-find = Find tasks and people
command-history = See what is over
help-find = /buscar · tasks by code, title or place, and people of your units; for example /buscar plaza
help-history = /historial · what is over, by state and period

find-usage = Write what you look for after the command: part of a code, a title, a place or a name. For example: /buscar plaza
find-header = 🔎 Results for “{ $words }”
find-none = There are no more tasks with these words.
find-nothing = I found nothing: try other words, or fewer.
find-no-tasks = There are no tasks with these words.
find-line = • { $code } · { $title } · { $status }, { $time }
find-person = 👤 { $name } · { $badge } · { $unit } · { $availability }
find-more-people = There are more people: add another word.
find-posted = { $emoji } { $code } · { $kind }
find-state = { $status }, { $time }

history-header = 🗂 History: { $whose }, { $span }
history-empty = Nothing ended in this period.
history-any = All
history-completed = Completed
history-cancelled = Called off
history-own = Mine
history-units = My units

span-week = 7 days
span-month = 30 days
span-year = 1 year
span-always = Always

button-first = ⏮️ Start
