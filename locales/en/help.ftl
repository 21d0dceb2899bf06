### /ayuda: one line per command and one per step.

help-header = Tap a command or use the buttons:
help-available = /disponibles · who is free, where, and how old that is
help-broadcast = /difusion · a message to many, with the list of who answered
help-cancel = /cancelar · drop what you are doing, without saving
help-create = /crear · new task step by step, or in one line
help-finish = /finalizar · close the task you lead; “done” works too
help-help = /ayuda · this list, or help for the step you are in
help-language = /idioma · Spanish, English or Portuguese
help-my-data = /misdatos · what is kept about you and who saw it
help-report = /novedad · text, photo, video, voice, document or location for a task or your shift
help-start = /start · open the menu
help-state = /estado · your availability; say that you are unavailable
help-tasks = /tareas · your open tasks, with their buttons

## Help for the step one is in.
help-step-broadcast-audience = Tap who it is for. Before it leaves you see how many people it reaches.
help-step-broadcast-what = Tap a protocol, or write the message in your own words.
help-step-broadcast-preview = See whom it reaches. Write, attach or share a place to complete it; it leaves when you tap Confirm.
help-step-broadcast-word = Type the word asked for to send it, or tap Cancel.
help-step-broadcast-later = Write when the drill leaves, such as 18:30 or tomorrow 9:00. Tap Let it leave on confirming not to wait.
help-step-create-kind = Tap the kind of task. It gives the code, the priority and the usual duration.
help-step-create-title = Write in one sentence what has to be done. It is the first thing the crew sees.
help-step-create-place = Send a location with the paper clip, write an address or tap Skip.
help-step-create-when = Tap Now, +1 h or Choose a time, or write it: 18:30 · tomorrow 9:00. A scheduled task keeps nobody busy before it starts.
help-step-create-date = Write the time, or the date and time: 18:30 · tomorrow 9:00 · 25/11 14:00
help-step-create-people = Tap names to mark or unmark, or write one; then Continue. Those available and near come first.
help-step-create-off-shift = Write why somebody off shift is needed, or tap Back. The reason is recorded.
help-step-create-lead = Tap the lead: who directs on site and finishes the task for the whole group.
help-step-create-field = Tap what you want to change; the rest stays.
help-step-create-priority = Tap the priority. The higher it is, the less time there is to answer.
help-step-create-description = Write what the crew needs to know, or tap Skip.
help-step-create-preview = Tap Confirm to create the task, Edit to change something, Back for the step before or Cancel to drop it.
help-step-decline-reason = Tap a reason or write it. Until then the task stays yours.
help-step-pause-reason = Tap a reason or write it. Paused time does not count as duration.
help-step-finish-which = Tap the task you finished.
help-step-finish-outcome = Tap Nothing to report to close it now, or Something to report to tell it first.
help-step-finish-report = Send a text, a photo or a voice note. The task is finished when it arrives.
help-step-finish-started = Write the time it began, for example 14:30, or tap Skip to close it without.
help-step-finish-reason = Write why you finish it instead of the lead. The reason is recorded.
help-step-reopen-reason = Write why it is reopened. The reason is recorded.
help-step-cancel-task-reason = Write why it is called off, or tap Cancel. The reason is recorded.
help-step-report-content = Send a text, photo, video, voice note, document or location.
help-step-report-task = Tap the task the report belongs to.
help-step-state-reason = Tap a reason or write it. Return to Available at any time from /estado.
help-step-state-until = Tap when you are available again; until then nobody is to assign you without a reason.
