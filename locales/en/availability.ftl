### Availability, distance, load and age of a position: short pieces for lists and buttons.

availability-available = available
availability-off-shift = off shift
availability-calling = calling for help
availability-calling-for = calling for help ({ $code })
availability-in-need = asked for help (broadcast)
availability-on-leave = on leave
availability-on-task = on a task
availability-unavailable = unavailable
availability-unavailable-because = unavailable ({ $reason })
availability-until = { $availability } until { $until }
availability-of = { $name }: { $availability }

availability-distance-km = { $km } km
availability-distance-m = { $m } m
availability-load =
    { $count ->
        [0] no tasks
        [one] 1 task
       *[other] { $count } tasks
    }

availability-age-days =
    { $count ->
        [one] 1 day ago
       *[other] { $count } days ago
    }
availability-age-hours = { $count } h ago
availability-age-minutes = { $count } min ago
availability-age-now = just now
availability-accuracy = { $age } (±{ $metres } m)
availability-not-linked = without Telegram
availability-blocked = beyond the reach of Telegram
availability-no-position = no position
availability-seen = at { $place }, { $age }
