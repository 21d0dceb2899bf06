### Lists and status: /tareas, /disponibles, /estado, /idioma.

page = Page { $page } of { $pages }

tasks-header = { $count ->
        [one] You have 1 open task:
       *[other] You have { $count } open tasks:
    }
tasks-empty = You have no open tasks.
tasks-button = { $code } · { $title }

available-header = { $count ->
        [one] 1 person available:
       *[other] { $count } people available:
    }
available-line = • { $name } · { $unit } · { $detail }
available-empty = Nobody is available in your units now.
available-not = 🆘 Not counting { $count } who need help: { $who }

state-mine = Your status: { $availability }.
state-task = Task: { $code } · { $title }
state-position = Last location: { $age }
state-live = 📎 To share your live location: clip, Location, Share my live location. It is kept only on your shift or on a task.
state-ask-reason = Choose or write why you are unavailable.
state-reason-errand = Errand
state-reason-health = Health
state-reason-meal = Meal
state-reason-vehicle = Vehicle
state-ask-until = Choose until when you are unavailable.
state-until-hour = 1 h
state-until-open = Without end
state-until-shift = Until the end of my shift
state-unavailable = 🔴 You are now unavailable: { $reason }.
state-unavailable-until = 🔴 You are unavailable until { $until }: { $reason }.
state-counting = Still yours: { $tasks }. If you cannot do one of them, reply to its card with “I can't”.
state-available = 🟢 You are no longer set unavailable. Now: { $availability }.
state-no-agent = Your account is not an agent's: it has no availability of its own.

language-ask = Choose the language.
language-set = 🌐 Language: English.
