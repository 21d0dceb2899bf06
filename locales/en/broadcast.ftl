### Broadcasts: what is read, what is answered and what the sender learns.

broadcast-ask = Answer with a button, or with «1» or «ok».
broadcast-anew = 🔁 Asked again at { $asked }: what you answered at { $answered } no longer counts, because not enough were on the way.
broadcast-you = Your answer: { $answer }
broadcast-repeated = Repeated further down: answer there, it says how it ends too.
broadcast-cancelled = This broadcast was called off.
broadcast-expired = This broadcast is over.
broadcast-closed = 🏁 It is over. { $text } Send your report.
broadcast-help = 🆘 { $name } needs help (broadcast: { $text })
broadcast-help-said = 🆘 { $name }, who asked for help at { $time }: «{ $note }» (broadcast: { $text })
broadcast-help-place = Last location: { $place }, { $age }
broadcast-said = 💬 { $name }: { $note } (broadcast: { $text })
broadcast-told-you = 💬 { $name } answers you: «{ $note }» (broadcast: { $text })
broadcast-told = 💬 { $name } answers { $to }: «{ $note }» (broadcast: { $text })
broadcast-told-missed = 📵 { $name } cannot be reached by Telegram: call, or go and look.
broadcast-short = ⚠️ { $name } changed the answer: { $count } of { $wanted } are left. People are asked again (broadcast: { $text })
broadcast-need-ask = 🆘 What do you need? Write it, or send voice, a photo or a location: I pass it on to { $names }. If you are in danger, tap SOS.
broadcast-need-nobody = 🆘 Tap SOS if you are in danger: there is nobody to tell by Telegram. What you write is noted in the broadcast.
broadcast-noted = 📝 Noted in the broadcast «{ $text }». I pass it on to { $names }.
broadcast-noted-nobody = 📝 Noted in the broadcast «{ $text }». There is nobody to tell by Telegram: if it is urgent, tap SOS.
broadcast-noted-quiet = 📝 Noted in the broadcast «{ $text }», but nobody is told: that makes more than { $count } messages of yours within a minute. If it was a file, send it again in a minute.
broadcast-noted-real = ⚠️ If you really need help, tap SOS.
broadcast-known = You had answered already: { $answer }
broadcast-ended-at = This broadcast ended at { $time }.
broadcast-note-photo = 📷 Photo
broadcast-note-video = 🎬 Video
broadcast-note-voice = 🎙️ Voice message
broadcast-note-document = 📎 Document
broadcast-note-place = 📍 Location ({ $place })
broadcast-file-lost = 📎 The file of the broadcast reached nobody: Telegram did not take it. The text left all the same. ({ $text })
broadcast-silent = ⏰ Call: { $count } without an answer (broadcast: { $text })
broadcast-silent-one = • { $name }: { $state }
broadcast-silent-phone = • { $name }: { $state }, { $phone }
broadcast-silent-no-phone = • { $name }: { $state }, no phone
broadcast-silent-no-phones = All of them are without a phone: look for them some other way.
broadcast-silent-more = … and { $count } more
broadcast-queued-word = queued
broadcast-sent-word = sent, no answer
broadcast-anew-word = asked again { $asked } (had answered { $answered })
broadcast-unreachable-word = not reached by Telegram
broadcast-escalated-word = { $state }, escalated
broadcast-roll-call = 📋 Broadcast to { $people }: { $text }
broadcast-roll-answers = Acknowledged { $acknowledged } · On the way { $coming } · Needs help { $help } · Cannot { $declined }
broadcast-roll-needing = 🆘 Needs help: { $names }
broadcast-roll-calling = 🆘 In an emergency: { $names }
broadcast-roll-deliveries = Queued { $queued } · Sent { $sent } · Not reached { $unreachable }
broadcast-roll-anew = Of those sent, asked again: { $count }
broadcast-roll-escalated = Of these, escalated to those in command: { $count }
broadcast-roll-silent = Still to answer:
broadcast-roll-active = Waiting for answers.
broadcast-roll-enough = As many as needed have answered.
broadcast-roll-held = As many as needed have answered. If they do not get under way, those who said «Received» are asked again.
button-broadcast-more = ➡ Show { $count } more
button-broadcast-cancel = ⛔ Call off
button-broadcast-close = 🏁 Close broadcast
broadcast-close-ask = Close the broadcast «{ $text }» all the same?
broadcast-cancel-ask = Call the broadcast «{ $text }» off all the same?
button-broadcast-close-anyway = 🏁 Close all the same
button-broadcast-cancel-anyway = ⛔ Call off all the same
refusal-ended = It is over: it cannot be changed.

## /difusion
broadcast-draft = 📝 To be confirmed: { $text }
broadcast-draft-from = It came from outside ({ $sender }). It does not leave until somebody confirms it.
broadcast-draft-second = { $name } asks for it. It does not leave until somebody else confirms it.
broadcast-awaits = ⏳ It has not left yet: somebody else has to confirm it.
broadcast-awaits-nobody = ⏳ It has not left yet: somebody else has to confirm it, and nobody can be asked by Telegram.
refusal-needs-another = Somebody else has to confirm it.
broadcast-ask-audience = 📣 Who is the broadcast for?
broadcast-ask-unit = For which unit?
broadcast-ask-specialty = For which specialty?
broadcast-ask-place = Send the location of the centre with the paper clip.
broadcast-ask-radius = How far? Whoever shared a location in the last half hour counts.
broadcast-ask-what = Tap a protocol or write the message.
broadcast-ask-word = To send it, type: { $word }
broadcast-ask-answers = How many answers are enough? Tap a number or write it. It reaches { $people ->
        [one] 1 person.
       *[other] { $people } people.
    }
broadcast-ask-until = For how long are answers awaited, from when it leaves? If you choose nothing, 12 hours.
broadcast-reaches = Reaches { $people ->
        [one] 1 person
       *[other] { $people } people
    }, { $missed } without Telegram.
broadcast-reaches-blocked = { $count ->
        [one] 1 is beyond the reach of Telegram: the list has { $total }.
       *[other] { $count } are beyond the reach of Telegram: the list has { $total }.
    }
broadcast-open-calls = { $count ->
        [one] 🆘 1 emergency is open.
       *[other] 🆘 { $count } emergencies are open.
    }
drill-open-calls = { $count ->
        [one] 🆘 1 emergency is open: whoever called for help does not get the drill.
       *[other] 🆘 { $count } emergencies are open: whoever called for help does not get the drill.
    }
broadcast-missed = Does not reach: { $names }
broadcast-groups = First in groups ({ $count }): { $titles }
broadcast-groups-trouble = ⚠️ The last one did not arrive in: { $titles }
broadcast-with-place = 📍 With a location
broadcast-with-file = 📎 With a file
broadcast-one-answer = The first answer is enough; if nobody gets under way, all are asked again.
broadcast-some-answers = { $count } answers are enough; if fewer get under way, all are asked again.
broadcast-until = ⏳ Closes { $hours ->
        [one] 1 hour after it leaves.
       *[other] { $hours } hours after it leaves.
    }
broadcast-preview-hint = Write to complete the text, or send a file or a location. It leaves when you confirm.
broadcast-leaves = 📣 On its way. The message “📋 Broadcast” says who answers.
broadcast-word-wrong = That is not the word asked for: it was not sent yet.
broadcast-nobody = There is nobody to reach: it was not sent yet.
broadcast-text-wrong = The text is missing or too long: it was not sent yet.
broadcast-number-wrong = Write a number, such as 5: it was not sent yet.
button-audience-all = 👥 Everybody
button-audience-duty = 🕒 On duty
button-audience-boss = 🎖️ Supervisors
button-audience-unit = 🏢 One unit
button-audience-skill = 🛠️ Specialty
button-audience-near = 📍 Near a place
button-answers-one = 👤 One answer is enough
button-answers-all = 👥 Wait for everybody
button-answers-some = 🔢 Choose how many
button-answers-until = ⏳ Until when
button-drill-on = 🧪 Make it a drill
button-drill-off = 🧪 No longer a drill
