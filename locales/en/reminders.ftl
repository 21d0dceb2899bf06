### Reminders, calls for more people, and overviews for supervisors.

reminder-soon = ⏰ Starts in { $minutes } min: { $code } · { $title }
reminder-not-started = ⏰ Not started for { $minutes } min: { $code } · { $title }
reminder-running = ⏳ Running for { $minutes } min, longer than expected: { $code } · { $title }
reminder-stalled = ⏳ In progress for { $hours } h: { $code } · { $title }. Does it go on?
reinforce-asked = 🆘 { $name } asks for reinforcement at { $code } · { $title }
reinforce-sent = Request for reinforcement noted. It goes to those who answer for { $code }.
reinforce-nobody = Nobody gets your request for reinforcement for { $code }: those who answer for it are not on Telegram. Call by phone, or ask for help with /sos.
extended = ⏳ { $code } is extended until { $until }.
extend-ask = ⏳ Confirm: extending { $code } until { $until } runs into what is planned.
extend-into-task = { $name }: { $code } at that time
extend-into-leave = { $name }: leave until { $until }
extend-into-shift-end = { $name }: the shift ends { $at }

digest-morning = ☀️ Overview at { $time }
digest-changeover = 🔁 Change of shift · { $unit }
digest-people = On shift: { $shift } · available: { $free } · on a task: { $busy }
digest-tasks = Tasks running: { $running } · planned: { $planned } · late: { $late } · unanswered: { $unanswered }
digest-absent = Not present yet: { $names }
digest-leaves = { $count ->
    [one] { $count } leave waits for your decision
   *[other] { $count } leaves wait for your decision
}
digest-late = ⏰ { $code } · { $title }

counted-on-shift = 👮 On shift: { $count }
counted-free = 🟢 Available: { $count }
counted-busy = 🚓 On a task: { $count }
counted-running = ▶️ Running: { $count }
counted-planned = 🗓️ Planned: { $count }
counted-late = ⏰ Late: { $count }
counted-unanswered = ❔ Unanswered: { $count }
counted-leaves = 🏖️ Leave to decide: { $count }
counted-first = The first { $count } are shown.
counted-shift = { $name } · { $when } · { $state }
counted-silent = { $name } · { $code } · offered { $time }

button-show = 📋 Show task
button-extend = ⏳ +30 min
button-extend-anyway = ⏳ Extend all the same
button-reinforce = 🆘 Ask for reinforcement

suggestion-people = 👥 For { $kind }, +{ $people } { $people ->
    [one] person
   *[other] people
}? (P75 { $minutes } min, from { $count } tasks) · { $code }
suggestion-rejected = { $code } stays as it is.
suggestion-nobody = Nobody is free at the time of { $code }.
crew-grew = Added to { $code }: { $names }.
button-suggestion-yes = ➕ Add
button-suggestion-no = Fine as it is
