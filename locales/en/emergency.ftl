### SOS: calling for help, who comes, and the words of each card. Minutes are always an estimate.

button-menu-sos = 🆘 SOS
button-withdraw = ↩️ Take back
button-show-call = 🆘 Show emergency
command-sos = Call for urgent help
help-sos = /sos · call for help: the alert leaves with your place, or by itself after some seconds
sos-ask = 🆘 Tap «Share location». The alert leaves by itself in { $seconds } s, with or without a place. «Take back» stops it.
sos-again = 🆘 Your call for help goes on. If you moved or sent no place, tap «Share location».
sos-sent = 🆘 { $code }: call recorded at { $time }.
sos-reported = I pass it on to { $names }.
sos-reported-nobody = There is nobody yet to pass it on to by Telegram.
sos-reported-quiet = That makes more than { $count } messages of yours within a minute: this one is kept, but nobody is told.
sos-too-large = 📎 File of more than { $megabytes } MB: it goes by Telegram only.
sos-withdrawn = Taken back: your call for help is void.
sos-withdraw-reason = Taken back by whoever called
emergency-head = 🆘 { $code } · { $name } needs help
emergency-head-asked = 🆘 ARE YOU GOING? { $code } · { $name } needs help
emergency-head-own = 🆘 { $code } · your call for help
emergency-head-over = 🆘 { $code } · { $name } asked for help
emergency-place-shared = Place: shared location, { $age }, { $accuracy } ({ $place })
emergency-place-last = Place: last known location, { $age }, { $accuracy } ({ $place })
emergency-accuracy = within { $metres } m
emergency-accuracy-none = accuracy unknown
emergency-place-none = Place: unknown, the caller shared no location
emergency-at-work = On a task: { $task }
emergency-way = You are { $distance } away in a straight line: about { $minutes } min, estimated.
emergency-nobody = Nobody is coming yet ({ $needed } needed). The search goes on.
emergency-coming = Coming: { $coming } of { $needed }:
emergency-comer = • { $name }: about { $minutes } min, as reckoned at { $time } (straight line × { $factor } at { $speed } km/h, no guarantee)
emergency-comer-plain = • { $name }: no estimate, the distance is not known
emergency-assigned = • { $name }: assigned, no answer yet
emergency-assigned-untold = • { $name }: assigned to this, but without Telegram: not told yet
emergency-assigned-by-phone = • { $name }: assigned to this, but without Telegram: call { $phone }
emergency-comer-heard = • { $name }: «Received», has not said yet that they are coming
emergency-comer-there = • { $name }: on site since { $time }
emergency-came = Said they would come: { $coming } of { $needed }
emergency-came-one = • { $name }
emergency-came-heard = • { $name }: «Received», without saying they would come
emergency-came-there = • { $name }: arrived at { $time }
emergency-you-go = 🏃 You are going. Take care.
emergency-you-got-it = You answered «Received». Now tap «I'm going» or «I can't».
emergency-you-there = 📍 You are on site. Take care.
emergency-you-cannot = Noted: you cannot go.
emergency-word-go = 🏃 You are going to { $code } ({ $title }). Take care.
emergency-word-cannot = 🚫 Noted: you cannot go to { $code } ({ $title }).
emergency-which-go = Are you going? Tap which one. To write to one of them, reply to its message.
emergency-which-cannot = Which one can you not do? Tap it. To write to one of them, reply to its message.
emergency-instead = Do you leave { $first } and go to { $second }? Whoever called at { $first } and those in command will hear that you no longer come. Else go on: nothing changes.
emergency-instead-reason = Going to another call for help
emergency-you-went = You said you would come. Thank you.
emergency-you-heard = You answered «Received». Thank you.
emergency-you-could-not = You said you could not come.
emergency-cannot-reason = Cannot go
emergency-told = Told: { $sent } of { $asked }
emergency-no-one = There is nobody free to tell: call by phone.
emergency-enough = Enough people are going. Thank you, you need not go.
emergency-full = { $count ->
        [one] { $names } is going. Thank you, you need not go.
       *[other] { $names } are going. Thank you, you need not go.
    }
emergency-over = It is over. Thank you.
emergency-ended-done = 🏁 { $name } ended your call for help { $code } at { $time }.
emergency-ended-off = 🏁 { $name } called off your call for help { $code } at { $time }: { $reason }
emergency-ended-again = If you still need help, tap SOS again.
emergency-open-again = 🆘 { $name } opened your call for help { $code } again: it goes on. Below you see who is going.
emergency-left = 🚫 { $name } is no longer coming to { $code }, your call for help.
emergency-still-going = { $coming } of { $needed } are coming.
emergency-deaf-caller = 📵 { $name } called for help ({ $code }) and no longer gets messages by Telegram.
emergency-deaf-going = 📵 { $name } is going to { $code } and no longer gets messages by Telegram.
emergency-deaf-sent = 📵 { $name } is assigned to { $code } and no longer gets messages by Telegram.
emergency-deaf-call = Call { $phone }.
emergency-deaf-no-phone = There is no phone on file: find another way to reach this person.
emergency-deaf-search = Perhaps still on the way. Meanwhile somebody else is looked for.
emergency-deaf-nobody = Perhaps still on the way, but nobody counts on that. For now nobody free is left to ask: send somebody if you can.
emergency-comer-deaf = ⚠️ no longer gets messages by Telegram: has to be called
emergency-comer-calls = • { $name }: called for help too ({ $code }): not counted on for now
emergency-you-call = 🆘 You called for help ({ $code }): nobody counts on you here for now. Once that is over, tap «I'm going» if you go.
emergency-hears = 📶 { $name } gets messages by Telegram again ({ $code }).
emergency-missed = { $count ->
        [one] While messages did not reach you, 1 message was sent at { $code }: ask for it again if you need it.
       *[other] While messages did not reach you, { $count } messages were sent at { $code }: ask for them again if you need them.
    }
emergency-over-done = 🏁 { $by } ended { $code } at { $time }: the call for help of { $name }.
emergency-over-off = 🏁 { $by } called off { $code } at { $time }, the call for help of { $name }: { $reason }
emergency-over-open = 🆘 { $by } opened { $code } again, the call for help of { $name }: it goes on.
emergency-resolved = ✅ Ended at { $time }
emergency-cancelled = Called off at { $time }: { $reason }
emergency-withdraw-hint = You can take it back until { $time }.
emergency-escalated-at = No answer: escalated at { $time }
emergency-escalation = 🆘 ACT: nobody is going to { $code }. { $name } needs help.
emergency-nobody-since = Nobody has been on the way since { $time } ({ $age }).
emergency-elsewhere = It belongs to another unit: you cannot assign anybody. Call by phone.
emergency-elsewhere-send = You can ask for reinforcements with /difusion.
emergency-repeated = Repeated further down: answer there, it says how it ends too.
emergency-answered = Somebody is going: its card says how it goes on.
emergency-sent-before = { $count ->
        [one] 🆘 { $name } ({ $code }) sent this file before:
       *[other] 🆘 { $name } ({ $code }) sent these { $count } files before:
    }
emergency-helper = { $name }, who helps
emergency-helper-calls = 🆘 { $name }, who helps at { $code }, now needs help too: { $own }. For now nobody counts on { $name } at { $code }.
emergency-commander = { $name }, in command
emergency-asked = { $name }, who was asked to come
emergency-said-text = 🆘 { $name } ({ $code }): { $text }
emergency-said-photo = 🆘 { $name } ({ $code }) sent a photo
emergency-said-video = 🆘 { $name } ({ $code }) sent a video
emergency-said-voice = 🆘 { $name } ({ $code }) sent a voice message
emergency-said-document = 🆘 { $name } ({ $code }) sent a document
emergency-said-place = 🆘 { $name } ({ $code }) sent a location
emergency-said-on-board = 📎 The file is on the board, on the page of the task.
emergency-call = Call now:
emergency-no-phones = No phone numbers are known for the unit.
emergency-passed = • { $name } not asked ({ $facts }): { $why }
emergency-seen = location from { $time }
emergency-load = { $count ->
        [one] 1 task
       *[other] { $count } tasks
    }
emergency-why-unplaced = their location is not known
emergency-why-stale = the location is too old
emergency-why-not-linked = has no Telegram
emergency-why-blocked = beyond the reach of Telegram
emergency-why-requirement = does not meet the requirement
emergency-why-farther = is farther away
emergency-why-busier = is as near and has more tasks
emergency-why-in-need = needs help too, as said in a broadcast
refusal-withdraw-over = Ask a supervisor to call it off: the time to take it back is over.
