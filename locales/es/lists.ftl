### Listas y estado: /tareas, /disponibles, /estado, /idioma.

page = Página { $page } de { $pages }

tasks-header = { $count ->
        [one] Tienes 1 tarea abierta:
       *[other] Tienes { $count } tareas abiertas:
    }
tasks-empty = No tienes tareas abiertas.
tasks-button = { $code } · { $title }

available-header = { $count ->
        [one] 1 persona disponible:
       *[other] { $count } personas disponibles:
    }
available-line = • { $name } · { $unit } · { $detail }
available-empty = Nadie está disponible ahora en tus unidades.
available-not = 🆘 Sin contar a { $count } con pedido de ayuda: { $who }

state-mine = Tu estado: { $availability }.
state-task = Tarea: { $code } · { $title }
state-position = Última ubicación: { $age }
state-live = 📎 Para compartir tu ubicación en tiempo real: clip, Ubicación, Compartir en tiempo real. Se guarda solo en tu turno o en una tarea.
state-ask-reason = Elige o escribe por qué no estás disponible.
state-reason-errand = Trámite
state-reason-health = Salud
state-reason-meal = Comida
state-reason-vehicle = Vehículo
state-ask-until = Elige hasta cuándo no estás disponible.
state-until-hour = 1 h
state-until-open = Sin fin
state-until-shift = Hasta el fin de mi turno
state-unavailable = 🔴 Quedas como no disponible: { $reason }.
state-unavailable-until = 🔴 Quedas como no disponible hasta { $until }: { $reason }.
state-counting = Siguen contigo: { $tasks }. Si no puedes con alguna, responde a su tarjeta «no puedo».
state-available = 🟢 Quitaste el «no disponible». Ahora: { $availability }.
state-no-agent = Tu cuenta no es de efectivo: no tiene disponibilidad propia.

language-ask = Elige el idioma.
language-set = 🌐 Idioma: español.
