### Alerts to lead, creator, supervisors and crew. They say what happened to the task, never who was told.

alert-declined = 🚫 Find a replacement: { $name } cannot do { $code } · { $title }. Reason: { $reason }.
alert-removed = 🚫 Find a replacement: { $name } is no longer on { $code } · { $title }. The account was deactivated.
alert-unavailable = 🚫 Find a replacement if needed: { $name }, who is on { $code } · { $title }, is not available now. Reason: { $reason }.
alert-unavailable-planned = 🚫 Find a replacement if needed: { $name } is not available and has { $code } · { $title }, { $time }. Reason: { $reason }.
alert-no-answer = ⏰ Call or reassign: { $name } has not answered { $code } · { $title } in { $minutes } min.
alert-cry = 🆘 { $name } wrote in { $code }: «{ $words }»
alert-unreachable = 📵 Call or reassign: Telegram cannot reach { $name } about { $code } · { $title }.
alert-at-call = 🆘 { $name } is on emergency { $code }: find somebody else.
alert-phone = Phone of { $name }: { $phone }
alert-task-completed = 🏁 Completed: { $code } · { $title }, by { $name } at { $time }.
alert-task-cancelled = Stand down: { $code } · { $title } was called off by { $name }. Reason: { $reason }.
alert-task-reopened = Return to the task: { $code } · { $title } was reopened by { $name }.
alert-not-back = 👥 Find a replacement: { $code } · { $title } was reopened by { $name }.
alert-not-back-you = Do not go back to { $code } · { $title }: { $name } reopened it, and it goes on without you.
alert-task-paused = ⏸️ On hold: { $code } · { $title }. Paused by { $name }.
alert-task-resumed = ▶️ Go on with { $code } · { $title }: resumed by { $name }.
alert-task-place = Place changed: { $code } · { $title }. Look at the card. Changed by { $name }.
alert-task-time = Time changed: { $code } · { $title }. Look at the card. Changed by { $name }.
alert-task-place-time = Place and time changed: { $code } · { $title }. Look at the card. Changed by { $name }.
alert-unassigned = Leave { $code } · { $title }: you are no longer on it.
alert-lead-you = Take charge of { $code } · { $title }: you are the lead now.
