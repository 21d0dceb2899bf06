### Refusals: what one can do and why it was not done. Up to 200 characters, to fit a button's notice.

refusal-not-lead = Talk to { $name }: only the lead can do this on { $code }.
refusal-no-lead = Ask your supervisor to choose a lead: { $code } has none.
refusal-not-allowed = Ask your supervisor for help: your level does not allow this.
refusal-not-found = Check it: it does not exist or you may not see it.
refusal-already-completed = { $code } was already completed by { $name } at { $time }.
refusal-wrong-state = Not possible now: { $code } is { $status }.
refusal-not-assigned = Talk to your supervisor: you are no longer on { $code }.
refusal-on-leave = Choose somebody else: { $name } is on leave until { $until }.
refusal-overlap = Choose another time or somebody else: { $name } has { $code } at that time.
refusal-leave-overlap = Choose other days or take the other back: { $name } has leave, asked for or approved, from { $from } to { $until }.
refusal-off-shift = Give a reason or choose somebody else: { $name } is off shift.
refusal-not-on-hand = Give a reason or choose somebody else. { $who }.
refusal-agent-inactive = Choose somebody else: { $name } is no longer in service.
refusal-user-inactive = Talk to your supervisor: your account is disabled.
refusal-start-needs-lead = First assign somebody with Telegram: { $code } needs a lead to start.
refusal-undo-over = Ask a supervisor to reopen { $code }: the time to undo is over.
refusal-reason-needed = Write a reason: this needs one.
refusal-raised-only = Call for help with /sos: an emergency is not created like other tasks.
refusal-too-many-people = Choose fewer people: a task takes up to { $max }.
refusal-too-many-reports = { $max } of your reports are being made already: wait until one arrives.
refusal-too-many-rows = A PDF takes { $max } rows and this report has more: ask for CSV or XLSX, or for a shorter period.
refusal-quorum-too-large = { $people ->
    [one] Choose fewer answers, or more people: it reaches 1 person only.
   *[other] Choose fewer answers, or more people: it reaches { $people } people.
}
refusal-invalid-field = Correct “{ $field }”: that value does not do.
refusal-changed-meanwhile = Look again: somebody changed { $code } at the same time. Your change was not saved.

## Trouble of the system.
error-system = Try again in a moment: there was a problem and nothing was saved.
error-upload-slow = The file came too slowly: try again with a better connection or a smaller file.
error-too-many-requests = { $seconds ->
        [one] Wait 1 second and try again: too many requests came in a row.
       *[other] Wait { $seconds } seconds and try again: too many requests came in a row.
    }
error-locked = { $minutes ->
        [one] Too many wrong passwords: wait 1 minute.
       *[other] Too many wrong passwords: wait { $minutes } minutes.
    }
error-bad-credentials = Sign in with your name and your password: those are not valid.
error-signed-out = Sign in: you have not yet, or your session is over.
error-unsupported = Send text, photo, video, voice, document or location: I cannot use this.
refusal-shift-overlap = { $name } already has a shift in those hours. Choose other hours.
refusal-shift-clashes = { $count ->
    [one] { $count } shift cannot be planned. Look at the details.
   *[other] { $count } shifts cannot be planned. Look at the details.
}
refusal-not-now-from = Not yet: it can be done from { $from }.
refusal-not-now-until = That could be done until { $until }. Ask your supervisor to record it.
refusal-settled = That is decided or over already: nothing is left to do.
refusal-somebody = That person
refusal-open-again = Close it and open it again from the chat with the bot: Telegram did not confirm who you are.
refusal-not-enrolled = Ask your supervisor for your personal link: this Telegram is not linked to any account.
refusal-open-work = First end or reassign what is still open (tasks: { $codes }; shifts not over: { $shifts }), then erase again.
refusal-no-consent-location = I did not keep it: you withdrew your consent to keep positions. You can give it again in /misdatos.
refusal-no-consent-media = I did not keep it: you withdrew your consent to keep photos, videos and voice. You can give it again in /misdatos.
