### Drills: how well people answered, or why one was not held.

drill-score = 🧪 The drill is over: { $text }
drill-score-people = { $acknowledged } of { $people } answered. No answer: { $silent } · did not get the message: { $unreachable }
drill-score-reached = Of the { $count } reached, { $share }
drill-score-all = Of all { $count } called, { $share }
drill-share-both = half answered within { $half } and 90 % within { $most }
drill-share-half = half answered within { $half }, but not 90 %
drill-share-none = less than half answered
drill-score-calling = In an emergency: { $count }
drill-score-silent = No answer: { $names }
drill-score-unreachable = Not reached by Telegram: { $names }
drill-missed = ⚠️ The drill planned for { $time } was not held: { $text }
drill-missed-late = The system was not running at that time.
drill-missed-sender = Whoever planned it may no longer send broadcasts.
drill-missed-nobody = There was nobody to reach.
drill-missed-words = Its protocol no longer exists.

## Planned in /difusion
button-drill-later = 🕒 Let it leave later
button-drill-now = 📣 Let it leave on confirming
drill-ask-when =
    Write the date and time at which the drill leaves.
    For example: 18:30 · tomorrow 9:00 · 25/11 14:00
drill-leaves-at = 🕒 Leaves by itself: { $time }
drill-preview-hint = Write to complete the text. Confirming plans it: it leaves by itself at that time.
drill-planned = 🕒 Planned: it leaves by itself { $time }. It can be called off here or on the board.
drill-off = ✖️ The drill is called off: it does not leave.
button-drill-call-off = ✖️ Call the drill off
drill-words-only = A drill that leaves later carries words only: nothing was added.
