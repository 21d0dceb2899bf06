### Shifts, leave and exchanges of shifts.

shift-header = Your next shifts:
shift-none = You have no planned shifts. Your supervisor plans them on the board.
shift-line = { $when } · { $state }
shift-line-unit = { $when } · { $unit } · { $state }
shift-state-planned = planned
shift-state-active = running
shift-state-present = present
shift-state-missing = not present yet
shift-state-ended = over
shift-started = ⏰ Your shift begins: { $when }. Tap Present to confirm that you are there.
shift-changed = 📅 Your shifts have changed. See them with /turno.
shift-present = ✅ Recorded as present: { $when }.
shift-notes = Hand-over of the shifts before:
shift-note = { $name }, { $time }: { $text }
shift-note-new = 📣 Hand-over from { $name }, { $time }: { $text }
shift-note-file = attached message
shift-end-ask = What does the next shift have to know? Send a text or a voice message, or tap Nothing to report.
shift-end-leads = ⚠️ You still lead { $code } · { $title }: finish it, or ask for more people so that somebody else goes on with it. The shift can end all the same.
shift-end-finish = 🏁 Finish { $code }
shift-ended = 🏁 Shift ended. Have a good rest.
shift-ended-note = 🏁 Shift ended. The hand-over waits for the next shift.
shift-notes-none = The shifts before have left nothing for this one.
button-show-hand-over = 📣 Show hand-over
shift-tasks = { $count ->
    [one] You have { $count } task in this shift:
   *[other] You have { $count } tasks in this shift:
}
shift-task = { $time } · { $code } · { $title }
moved = 🔀 { $name } changed unit: { $from } → { $to }.
moved-you = 🔀 You changed unit: { $from } → { $to }.
shift-lost = 📅 { $count ->
    [one] { $count } shift is
   *[other] { $count } shifts are
} left uncovered, of { $name }: { $days }. The account was deactivated. Plan somebody else on the board.
shift-missing = 🚨 { $count ->
    [one] { $count } person is missing
   *[other] { $count } people are missing
} in the shift of { $time }, without a word. Call:
shift-missing-no-phone = { $name }: no phone on record.

swap-ask-shift = Which shift do you want to exchange?
swap-ask-mate = With whom do you exchange { $when }?
swap-no-mates = There are no colleagues in your unit to exchange with.
swap-ask-return = Which shift of { $name } do you take in return?
swap-preview = You propose that { $name } takes your shift { $given }.
swap-preview-return = In return you take: { $taken }.
swap-sent = Proposal sent to { $name }. You will see each answer here.
swap-card = 🔁 { $from } proposes that { $to } takes the shift { $given }.
swap-card-without = 🔁 { $from } proposes an exchange of shifts to { $to }.
swap-card-return = In return: { $taken }.
swap-card-gone = The shift no longer exists.
swap-status-proposed = Waiting for the answer of { $to }.
swap-status-accepted = { $to } accepts. Waiting for the supervisor's decision.
swap-status-approved = ✅ Approved: the shifts are exchanged.
swap-status-declined = { $to } cannot. The shifts stay as they were.
swap-status-rejected = ❌ Rejected by the supervisor. The shifts stay as they were.
swap-status-cancelled = Withdrawn: no shift changes hands.
swap-status-removed = Dropped: the account of { $name } was deactivated. No shift changes hands.

leave-ask-from = From which day do you ask for leave? Only sick days may have begun before today, up to 30 days.
leave-ask-to = From { $from }. Until which day, included?
leave-ask-reason = Why? Tap a reason or write it.
leave-ask-sick = Before today only sick days count. What was it? Tap Health or write it.
leave-ask-certificate = Send the certificate as a photo or document, or tap Skip.
leave-ask-reject = Why do you reject the leave of { $name }? Write it or tap a reason.
leave-reason-health = Health
leave-reason-family = Family matter
leave-reason-holiday = Holiday
leave-reason-study = Study
leave-reject-staff = Short of staff
leave-reject-dates = Propose other dates
leave-preview = Leave from { $from } to { $to } · { $reason }
leave-preview-file = With a certificate.
leave-preview-no-file = Without a certificate.
leave-sent = Request sent. You will see your supervisor's decision here.
leave-sent-unheard = Request saved. Tell whoever decides yourself: nobody gets your requests by Telegram yet.
leave-rejected = Leave of { $name } rejected. Reason: { $reason }.
leave-card = 🗓️ Leave of { $name }: from { $from } to { $to }
leave-card-reason = Reason: { $reason }
leave-card-files = { $count ->
    [one] { $count } certificate
   *[other] { $count } certificates
}
leave-status-requested = Waiting for the supervisor's decision.
leave-status-approved = ✅ Approved by { $name }.
leave-status-rejected = ❌ Rejected by { $name }.
leave-status-cancelled = Withdrawn by whoever asked.
leave-status-removed = Dropped: the account of { $name } was deactivated.
leave-status-ended = Ended early by whoever asked.
leave-decided-reason = “{ $reason }”
leave-breaks = { $count ->
    [one] It leaves { $count } task uncovered:
   *[other] It leaves { $count } tasks uncovered:
}
leave-break = { $code } · { $title }
leave-no-certificate = There is no certificate to show.
leave-certificate = 📎 Certificate of { $name }
leave-past = That day is over or before the first one. Tap another.
leave-answer = Tap the card if that answers a task: I did not take it here. If it is the reason for your leave, write it again.
takeover-ask = Who takes { $code } instead of { $name }?
takeover-none = There is nobody else in your unit for { $code }.
takeover-off-shift = { $name } is off shift. Assign { $code } all the same?
takeover-unavailable = { $name }: { $availability }. Assign { $code } all the same?
takeover-done = 👥 You assigned { $code } to { $name }. The answer is still to come.
takeover-reason = Replaces { $name }, who is on leave

calendar-months = January February March April May June July August September October November December
calendar-days = Mo Tu We Th Fr Sa Su
calendar-link = 📅 Add this link to your calendar to always see your shifts. It is secret: whoever has it sees them. { $url }
calendar-closed = Link revoked. It shows nothing any more.
calendar-head = { $month } { $year }

button-present = ✅ Present
button-end-shift = 🏁 End shift
button-swap-shift = 🔁 Exchange shift
button-swap-accept = 🤝 Accept the exchange
button-swap-cancel = Withdraw proposal
button-nothing-in-return = Nothing in return
button-approve = ✅ Approve
button-reject = ❌ Reject
button-certificate = 📎 See certificate
button-cancel-leave = Withdraw leave
button-reassign-task = 👥 Reassign { $code }
button-calendar = 📅 Calendar
button-calendar-close = Revoke link
button-today = Today

command-leave = Ask for leave
command-shift = See my shifts, be present, hand over
help-leave = /licencia · ask for leave with dates, reason and certificate
help-shift = /turno · your shifts, presence, hand-over and exchanges with colleagues

help-step-handover = Send a text or a voice message for the next shift, or tap Nothing to report to end without one.
help-step-swap-shift = Tap the shift you want to give.
help-step-swap-mate = Tap the colleague. He decides, and then the supervisor.
help-step-swap-return = Tap the shift you take in return, or Nothing in return.
help-step-swap-preview = Tap Confirm to send the proposal.
help-step-leave-dates = Tap a day of the calendar; the arrows change the month and Today is today.
help-step-leave-reason = Tap a reason or write it in a few words.
help-step-leave-certificate = Send a photo or a document, or tap Skip. You can add it later on the board.
help-step-leave-preview = Tap Confirm to ask for the leave or Back to choose other dates.
help-step-leave-reject = Write why not; whoever asked reads it.
help-step-reassign = Tap who takes the task. Those available and near are on top.
