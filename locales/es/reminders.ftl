### Recordatorios, pedidos de refuerzo y resúmenes para supervisores.

reminder-soon = ⏰ Empieza en { $minutes } min: { $code } · { $title }
reminder-not-started = ⏰ Sin iniciar hace { $minutes } min: { $code } · { $title }
reminder-running = ⏳ Lleva { $minutes } min, más de lo previsto: { $code } · { $title }
reminder-stalled = ⏳ Lleva { $hours } h en curso: { $code } · { $title }. ¿Sigue?
reinforce-asked = 🆘 { $name } pide refuerzos en { $code } · { $title }
reinforce-sent = Pedido de refuerzos registrado. Va a quienes responden por { $code }.
reinforce-nobody = Nadie recibe tu pedido de refuerzos para { $code }: quienes responden no están en Telegram. Llama por teléfono, o pide ayuda con /sos.
extended = ⏳ { $code } se extiende hasta las { $until }.
extend-ask = ⏳ Confirma: extender { $code } hasta { $until } choca con lo planificado.
extend-into-task = { $name }: { $code } en ese horario
extend-into-leave = { $name }: licencia hasta { $until }
extend-into-shift-end = { $name }: su turno termina { $at }

digest-morning = ☀️ Resumen de las { $time }
digest-changeover = 🔁 Cambio de turno · { $unit }
digest-people = En turno: { $shift } · disponibles: { $free } · en tarea: { $busy }
digest-tasks = Tareas en curso: { $running } · planificadas: { $planned } · atrasadas: { $late } · sin respuesta: { $unanswered }
digest-absent = Sin dar presente: { $names }
digest-leaves = { $count ->
    [one] { $count } licencia espera tu decisión
   *[other] { $count } licencias esperan tu decisión
}
digest-late = ⏰ { $code } · { $title }

counted-on-shift = 👮 En turno: { $count }
counted-free = 🟢 Disponibles: { $count }
counted-busy = 🚓 En tarea: { $count }
counted-running = ▶️ En curso: { $count }
counted-planned = 🗓️ Planificadas: { $count }
counted-late = ⏰ Atrasadas: { $count }
counted-unanswered = ❔ Sin respuesta: { $count }
counted-leaves = 🏖️ Licencias por decidir: { $count }
counted-first = Se muestran los primeros { $count }.
counted-shift = { $name } · { $when } · { $state }
counted-silent = { $name } · { $code } · ofrecida { $time }

button-show = 📋 Ver tarea
button-extend = ⏳ +30 min
button-extend-anyway = ⏳ Extender igual
button-reinforce = 🆘 Pedir refuerzos

suggestion-people = 👥 Para { $kind }, ¿+{ $people } { $people ->
    [one] persona
   *[other] personas
}? (P75 { $minutes } min, según { $count } tareas) · { $code }
suggestion-rejected = { $code } queda como está.
suggestion-nobody = Nadie está libre en el horario de { $code }.
crew-grew = Se suma a { $code }: { $names }.
button-suggestion-yes = ➕ Sumar
button-suggestion-no = Así está bien
