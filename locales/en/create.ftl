### The dialogue /crear.

create-left = ✍️ The new task is half-made, and kept. Tap the button to go on with it.
create-ask-kind = Choose the kind of task.
create-ask-title = Write the title: what has to be done.
create-ask-place = Give the place: send a location, write the address or tap Skip.
create-ask-place-required = Give the place, which this kind of task usually has: send a location, write the address or, when it is not known yet, tap Skip.
create-ask-when = Choose when it starts.
create-ask-date =
    Write the date and time of the start.
    For example: 18:30 · tomorrow 9:00 · 25/11 14:00
create-ask-people = Choose the people and tap Continue. { $count ->
        [0] Nobody yet.
        [one] 1 chosen.
       *[other] { $count } chosen.
    }
create-ask-lead = Choose the lead (delegado): who directs on site and finishes the task.
create-ask-priority = Choose the priority.
create-ask-description = Write the details of the task.
create-ask-field = Choose what to change.

## People on the buttons.
create-person = { $name } · { $detail }
create-person-chosen = ☑️ { $name } · { $detail }
create-person-has = has { $code } at that time
create-person-away = on leave until { $until }

## Warnings that a reason overrides.
create-off-shift = Give a reason or go back: off shift { $count ->
        [one] is { $names }.
       *[other] are { $names }.
    }
create-not-on-hand = Give a reason or go back. { $who }.
create-reason-agreed = Agreed with the person
create-reason-short-staffed = Short of people
create-reason-urgent = Urgency

## Preview.
create-preview = Check and confirm the new task:
create-preview-line = { $field }: { $value }
create-against = ⚠️ { $name }: { $what }. Tap Edit and choose another time or somebody else.
create-none = not given
create-when-now = now
create-created = ✅ Task created: { $code } · { $title }. { $count ->
        [0] Nobody on it yet.
        [one] 1 person on it.
       *[other] { $count } people on it in all.
    }

## What does not do.
create-error-kind = Choose a kind from the list: “{ $kind }” does not exist.
create-error-title-short = Write a longer title: at least { $min } characters.
create-error-title-long = Write a shorter title: at most { $max } characters.
create-error-text-long = Write less: at most { $max } characters.
create-error-time-past = Choose another time: { $time } has passed.
create-error-time-unclear = Write the time in another way, I did not understand it.
create-error-person = Choose the person from the list: I cannot find “{ $name }”.
create-error-people = Write the full name: “{ $name }” fits more than one person.
create-no-agents = Tap Continue to create it without people: your units have no agents.
create-no-kinds = Ask an administrator to load the task kinds: there are none.
create-usage =
    Write one line, separated by semicolons: kind; title; place; time; people.
    Example: /crear patrullaje; Round of the square; Main Square; 18:30; Ana Díaz, Luis Paz
    Kind and title are enough; leave empty what you do not use.

## People for a task that is there already.
assign-ask = Choose who goes to { $code } and tap Continue. { $count ->
        [0] Nobody yet.
        [one] 1 chosen.
       *[other] { $count } chosen.
    }
assign-by-phone = ☎️ { $name }: without Telegram, tell them by phone ({ $phone }).
assign-without-phone = ☎️ { $name }: without Telegram, and no phone is known. Tell them another way.
assign-declined = said no to this
assign-done = ✅ { $code }: { $count ->
        [0] nobody on it yet.
        [one] 1 person on it.
       *[other] { $count } people on it.
    }
assign-no-agents = There is nobody to send to { $code }: your units have no agents.
