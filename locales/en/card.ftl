### The card of a task: pieces of one line; the first says what to do.

task-card-offered = 📌 Answer: { $code } · { $title }
task-card-offered-again = 🔔 { $count ->
        [2] Second call
        [3] Third call
       *[other] Call { $count }
    }. Answer: { $code } · { $title }
task-card-header = { $emoji } { $code } · { $title }
task-card-drill = DRILL (SIMULACRO)
task-card-drill-over = ⚠️ The drill was over by then: this may be real.

task-card-kind = Kind: { $kind }
task-card-priority = Priority: { $priority }
task-card-status = Status: { $status }
task-card-unit = Unit: { $unit }
task-card-description = Details: { $text }
task-card-place = Place: { $place }
task-card-place-pin = point on the map
task-card-when = Time: { $start }
task-card-when-until = Time: { $start } to { $end }
task-card-lead = Lead: { $name }
task-card-lead-you = Lead: you
task-card-no-lead = Lead: not chosen yet

task-card-crew = People ({ $count }):
task-card-crew-line = • { $name }: { $state }
task-card-crew-line-reason = • { $name }: { $state } ({ $reason })
task-card-crew-more = • and { $count } more
task-card-crew-none = People: nobody yet
task-card-crew-gone = People: nobody at the moment

task-card-completed = Completed by { $name } at { $time }
task-card-completed-because = Completed by { $name } at { $time }: { $reason }
task-card-cancelled = Called off by { $name } at { $time }: { $reason }
task-card-undo = You can undo for { $seconds } seconds.

task-card-you-acknowledged = You: received at { $time }
task-card-you-declined = You: cannot ({ $reason })
task-card-you-en-route = You: on your way since { $time }
task-card-you-on-site = You: on site since { $time }
task-card-you-released = You are no longer on this task.
task-card-gone = You can no longer see this task.

## What became of each message; every line comes from a recorded delivery.
delivery-queued = Message to { $name } queued
delivery-sent = Sent to { $name } { $time }
delivery-declined = { $name }: declined { $time }
delivery-unreachable = { $name }: not reachable on Telegram since { $time }
delivery-escalated = { $name }: no answer, telling those in command since { $time }
delivery-unheard = { $name }: no answer, and since { $time } nobody to tell on Telegram. CALL

## Priorities.
priority-low = low
priority-medium = medium
priority-high = high
priority-urgent = urgent
priority-critical = critical

## States of a task.
status-scheduled = scheduled
status-in-progress = in progress
status-paused = paused
status-completed = completed
status-cancelled = called off

## What each person said about the task.
assignment-offered = not answered
assignment-acknowledged = received
assignment-declined = cannot
assignment-en-route = on the way
assignment-on-site = on site
assignment-released = released from this task
