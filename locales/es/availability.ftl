### Disponibilidad, distancia, carga y edad de una posición: piezas cortas para listas y botones.

availability-available = disponible
availability-off-shift = fuera de turno
availability-calling = con pedido de ayuda
availability-calling-for = con pedido de ayuda ({ $code })
availability-in-need = con pedido de ayuda (difusión)
availability-on-leave = de licencia
availability-on-task = en tarea
availability-unavailable = no disponible
availability-unavailable-because = no disponible ({ $reason })
availability-until = { $availability } hasta { $until }
availability-of = { $name }: { $availability }

availability-distance-km = { $km } km
availability-distance-m = { $m } m
availability-load =
    { $count ->
        [0] sin tareas
        [one] 1 tarea
       *[other] { $count } tareas
    }

availability-age-days =
    { $count ->
        [one] hace 1 día
       *[other] hace { $count } días
    }
availability-age-hours = hace { $count } h
availability-age-minutes = hace { $count } min
availability-age-now = hace un momento
availability-accuracy = { $age } (±{ $metres } m)
availability-not-linked = sin Telegram
availability-blocked = fuera del alcance de Telegram
availability-no-position = sin posición
availability-seen = en { $place }, { $age }
