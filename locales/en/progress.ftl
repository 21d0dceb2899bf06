### The steps of a task: acknowledge, decline, start, pause, finish, undo, reopen, call off.

progress-acknowledged = ✅ Received: { $code }.
progress-en-route = 🚗 On your way to { $code }.
progress-on-site = 📍 On site for { $code }.
progress-started = ▶️ Task started: { $code }.
progress-resumed = ▶️ Task resumed: { $code }.

## I can't.
decline-ask-reason = Choose or write why you cannot do { $code }.
decline-reason-busy = On another task
decline-reason-far = I am far away
decline-reason-off-shift = Off shift
decline-done = Noted: you cannot do { $code }. Reason: { $reason }.

## Pause.
pause-ask-reason = Choose or write why { $code } is paused.
pause-reason-break = Break
pause-reason-support = Waiting for support
pause-reason-urgent = Another urgency
pause-reason-weather = Bad weather
pause-done = ⏸️ Task paused: { $code }. Reason: { $reason }.

## Finish.
finish-ask-outcome = Finish { $code } · { $title }: anything to report?
finish-checklist = Before you close it, check:
finish-no-evidence = It usually has evidence and there is none yet: tap Something to report and send a photo, a video, a voice note or a document.
finish-ask-report = Send the report for { $code }: text, photo or voice. Then it is finished.
finish-ask-started = Say when { $code } began, it was never started: write the time (14:30 · 21/11 23:00) or tap Skip.
finish-ask-reason = Write the reason to finish { $code } instead of { $name } (lead).
finish-ask-reason-no-lead = Write the reason to finish { $code }, which has no lead.
finish-ask-reason-call = Choose or write why { $code } ends. What you write here becomes the reason and does not reach its people: to speak to them, reply quoting a message of { $code }.
finish-ask-sure = End { $code } all the same?
finish-meanwhile = ⚠️ Meanwhile { $name } wrote:
finish-reason-safe = Safe by now
finish-reason-false-alarm = False alarm
finish-reason-others = Another service took over
finish-which = Choose the task to finish.
finish-none = See your tasks with /tareas: you lead none that is open.
finish-done = 🏁 Task finished: { $code }, { $time }. { $count ->
        [0] Nobody was released.
        [one] 1 person was released.
       *[other] { $count } people were released.
    }

## The word “done”.
done-phrase-unknown = Check the code: I cannot find { $code } among your tasks in progress.

## Undo and reopen.
undo-done = ↩️ Undone: { $code } is { $status }.
reopen-ask-reason = Write why { $code } is reopened.
reopen-done = 🔓 Task reopened: { $code }. { $count ->
        [0] Nobody is back on it.
        [one] 1 person is back on it.
       *[other] { $count } people are back on it.
    }
not-back-task = { $name } is not back: has { $code } at that time.
not-back-leave = { $name } is not back: on leave until { $time }.
not-back-call = { $name } is not back: called for help.
not-back-removed = { $name } is not back: the account is switched off.
not-back-you-task = You are not on it any more: you have { $code } at that time.
not-back-you-leave = You are not on it any more: you are on leave until { $time }.
not-back-you-call = You are not on it any more: you called for help.
not-back-replace = Find a replacement.
not-back-known = The request for a replacement goes to those who answer for { $code }.
not-back-unknown = Call a supervisor: those who answer for { $code } are not on Telegram.

## Call the task off.
cancel-task-ask-reason = Write why { $code } is called off.
cancel-task-ask-reason-call = Write why { $code } is called off. What you write here becomes the reason and does not reach its people: to speak to them, reply quoting a message of { $code }.
cancel-task-done = Task called off: { $code }.

## Change people.
