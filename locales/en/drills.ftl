### Drills: how well people answered, or why one was not held.

drill-score = 🧪 The drill is over: { $text }
drill-score-people = { $acknowledged } of { $people } answered. No answer: { $silent } · not reached: { $unreachable }
drill-score-reached = Of the { $count } reached, half answered within { $half } and 90 % within { $most }
drill-score-all = Of all { $count } called, half answered within { $half } and 90 % within { $most }
drill-score-never = (never)
drill-score-silent = No answer: { $names }
drill-score-unreachable = Not reached by Telegram: { $names }
drill-missed = ⚠️ The drill planned for { $time } was not held: { $text }
drill-missed-late = The system was not running at that time.
drill-missed-sender = Whoever planned it may no longer send broadcasts.
drill-missed-nobody = There was nobody to reach.
drill-missed-words = Its protocol no longer exists.
