### Reports and locations.

report-ask = Send the report: text, photo, video, voice, document or location.
report-ask-for = Send the report for { $code }: text, photo, video, voice, document or location.
report-ask-shift = Send the report for your shift: text, photo, video, voice, document or location.
report-which = { $count ->
        [one] Confirm the task of this report.
       *[other] Choose the task of this report: you have { $count } in progress.
    }
report-which-call = Which call for help is this for? Whoever called, those who go and those in command hear it.
report-waits = Choose the task of the report before first: this message was not saved.
report-left = Send the report before again: it was not saved, because you did not choose its task.
report-none = Start a task first: you have none in progress and I did not keep this message.
report-nowhere = I did not keep this message: you have no task, and no shift is planned for you at this hour. Tell your supervisor, who can plan one for you, or, if it is urgent, tap SOS.
report-cry = ⚠️ If you need help now, tap SOS.
report-shift-how = Write /novedad and the text if it is a report on your shift: you have no task in progress and I did not keep this message.
report-dropped = The report was not saved.
report-cried = 📝 Report saved to { $code }. I pass it on now to { $names }.
report-saved-text = 📝 Report saved to { $code }.
report-saved-photo = 📷 Photo added to { $code }.
report-saved-video = 🎬 Video added to { $code }.
report-saved-voice = 🎙️ Voice message added to { $code }.
report-saved-document = 📎 Document added to { $code }.
report-saved-album = { $count ->
        [one] 📎 { $count } file added to { $code }.
       *[other] 📎 { $count } files added to { $code }.
    }
report-saved-place = 📍 Location added to { $code }.
report-saved-shift = 📝 Report on your shift saved.
report-saved-shift-album = { $count ->
        [one] 📎 { $count } file added to your shift.
       *[other] 📎 { $count } files added to your shift.
    }
report-correction = ✏️ Correction: { $text }
report-corrected = ✏️ Correction noted on { $code }. What you wrote first stays too.
report-corrected-shift = ✏️ Correction noted on your shift. What you wrote first stays too.
report-not-corrected = ✏️ Write it in a new message: what you correct after sending does not change what I have received.
report-too-large = Send a smaller file: the limit is { $megabytes } MB. This one was not saved.
location-saved = 📍 Location saved.
location-known = 📍 I did not keep this location: I already have one from seconds before, or newer.
location-refused = I did not keep your location: it is only used on shift or on a task.
