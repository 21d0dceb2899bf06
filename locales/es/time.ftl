### Turnos, licencias y cambios de turno.

shift-header = Tus próximos turnos:
shift-none = No tienes turnos planificados. Tu supervisor los carga desde el tablero.
shift-line = { $when } · { $state }
shift-line-unit = { $when } · { $unit } · { $state }
shift-state-planned = planificado
shift-state-active = en curso
shift-state-present = presente
shift-state-missing = sin dar presente
shift-state-ended = terminado
shift-started = ⏰ Empieza tu turno: { $when }. Toca Presente para confirmar que estás.
shift-changed = 📅 Tus turnos cambiaron. Míralos con /turno.
shift-present = ✅ Presente registrado: { $when }.
shift-notes = Entrega de los turnos anteriores:
shift-note = { $name }, { $time }: { $text }
shift-note-new = 📣 Entrega de { $name }, { $time }: { $text }
shift-note-file = mensaje adjunto
shift-end-ask = ¿Qué debe saber el próximo turno? Envía un texto o una nota de voz, o toca Sin novedades.
shift-end-leads = ⚠️ Todavía diriges { $code } · { $title }: finalízala, o pide refuerzos para que la siga otra persona. El turno se puede terminar igual.
shift-end-finish = 🏁 Finalizar { $code }
shift-ended = 🏁 Turno terminado. Buen descanso.
shift-ended-note = 🏁 Turno terminado. La entrega queda para el próximo turno.
shift-notes-none = Los turnos anteriores no dejaron nada para este.
button-show-hand-over = 📣 Ver entrega
shift-tasks = { $count ->
    [one] Tienes { $count } tarea en este turno:
   *[other] Tienes { $count } tareas en este turno:
}
shift-task = { $time } · { $code } · { $title }
moved = 🔀 { $name } cambió de unidad: { $from } → { $to }.
moved-you = 🔀 Cambiaste de unidad: { $from } → { $to }.
shift-lost = 📅 { $count ->
    [one] Queda { $count } turno
   *[other] Quedan { $count } turnos
} sin cubrir, de { $name }: { $days }. Su cuenta fue desactivada. Planifica a otra persona en el tablero.
shift-missing = 🚨 { $count ->
    [one] Falta { $count } persona
   *[other] Faltan { $count } personas
} en el turno de las { $time }, sin dar presente. Llama:
shift-missing-no-phone = { $name }: sin teléfono cargado.

swap-ask-shift = ¿Qué turno quieres cambiar?
swap-ask-mate = ¿Con quién cambias { $when }?
swap-no-mates = No hay compañeros en tu unidad con quien cambiar.
swap-ask-return = ¿Qué turno de { $name } tomas a cambio?
swap-preview = Propones a { $name } que tome tu turno { $given }.
swap-preview-return = A cambio tomas el suyo: { $taken }.
swap-sent = Propuesta enviada a { $name }. Verás aquí cada respuesta.
swap-card = 🔁 { $from } propone a { $to } que tome su turno { $given }.
swap-card-without = 🔁 { $from } propone a { $to } un cambio de turno.
swap-card-return = A cambio: { $taken }.
swap-card-gone = El turno ya no existe.
swap-status-proposed = Espera la respuesta de { $to }.
swap-status-accepted = { $to } acepta. Espera la decisión del supervisor.
swap-status-approved = ✅ Aprobado: los turnos ya están cambiados.
swap-status-declined = { $to } no puede. Los turnos siguen como estaban.
swap-status-rejected = ❌ Rechazado por el supervisor. Los turnos siguen como estaban.
swap-status-cancelled = Anulado: nadie cambia de turno.
swap-status-removed = Anulado: la cuenta de { $name } fue desactivada. Nadie cambia de turno.

leave-ask-from = ¿Desde qué día pides licencia? Solo los días de enfermedad pueden haber empezado antes de hoy, hasta 30 días.
leave-ask-to = Desde el { $from }. ¿Hasta qué día, incluido?
leave-ask-reason = ¿Por qué? Toca un motivo o escríbelo.
leave-ask-sick = Antes de hoy solo cuentan los días de enfermedad. ¿Qué tuviste? Toca Salud o escríbelo.
leave-ask-certificate = Envía el certificado como foto o documento, o toca Omitir.
leave-ask-reject = ¿Por qué rechazas la licencia de { $name }? Escríbelo o toca un motivo.
leave-reason-health = Salud
leave-reason-family = Asunto familiar
leave-reason-holiday = Vacaciones
leave-reason-study = Estudio
leave-reject-staff = Falta personal
leave-reject-dates = Propón otras fechas
leave-preview = Licencia del { $from } al { $to } · { $reason }
leave-preview-file = Con certificado.
leave-preview-no-file = Sin certificado.
leave-sent = Pedido enviado. Verás aquí la decisión de tu supervisor.
leave-sent-unheard = Pedido guardado. Avisa tú a quien decide: todavía nadie recibe tus pedidos por Telegram.
leave-rejected = Licencia de { $name } rechazada. Motivo: { $reason }.
leave-card = 🗓️ Licencia de { $name }: del { $from } al { $to }
leave-card-reason = Motivo: { $reason }
leave-card-files = { $count ->
    [one] { $count } certificado
   *[other] { $count } certificados
}
leave-status-requested = Espera la decisión del supervisor.
leave-status-approved = ✅ Aprobada por { $name }.
leave-status-rejected = ❌ Rechazada por { $name }.
leave-status-cancelled = Anulada por quien la pidió.
leave-status-removed = Anulada: la cuenta de { $name } fue desactivada.
leave-status-ended = Terminada antes por quien la pidió.
leave-decided-reason = «{ $reason }»
leave-breaks = { $count ->
    [one] Deja sin cubrir { $count } tarea:
   *[other] Deja sin cubrir { $count } tareas:
}
leave-break = { $code } · { $title }
leave-no-certificate = No hay certificado para mostrar.
leave-certificate = 📎 Certificado de { $name }
leave-past = Ese día ya pasó o es anterior al primero. Toca otro.
leave-answer = Toca la tarjeta si eso responde a una tarea: aquí no lo anoté. Si es el motivo de tu licencia, escríbelo otra vez.
takeover-ask = ¿Quién toma { $code } en lugar de { $name }?
takeover-none = No hay nadie más en tu unidad para { $code }.
takeover-off-shift = { $name } está fuera de turno. ¿Le asignas { $code } de todos modos?
takeover-unavailable = { $name }: { $availability }. ¿Le asignas { $code } de todos modos?
takeover-done = 👥 Asignaste { $code } a { $name }. Falta su respuesta.
takeover-reason = Reemplazo por licencia de { $name }

calendar-months = enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
calendar-days = lu ma mi ju vi sá do
calendar-link = 📅 Agrega este enlace a tu calendario y verás siempre tus turnos. Es secreto: quien lo tenga los ve. { $url }
calendar-closed = Enlace anulado. Ya no muestra nada.
calendar-head = { $month } { $year }

button-present = ✅ Presente
button-end-shift = 🏁 Terminar turno
button-swap-shift = 🔁 Cambiar turno
button-swap-accept = 🤝 Acepto el cambio
button-swap-cancel = Anular propuesta
button-nothing-in-return = Sin nada a cambio
button-approve = ✅ Aprobar
button-reject = ❌ Rechazar
button-certificate = 📎 Ver certificado
button-cancel-leave = Anular licencia
button-reassign-task = 👥 Reasignar { $code }
button-calendar = 📅 Calendario
button-calendar-close = Anular enlace
button-today = Hoy

command-leave = Pedir una licencia
command-shift = Ver mis turnos, dar presente, entregar
help-leave = /licencia · pedir una licencia con fechas, motivo y certificado
help-shift = /turno · tus turnos, presente, entrega y cambios con compañeros

help-step-handover = Envía un texto o una nota de voz para el próximo turno, o toca Sin novedades para terminar sin más.
help-step-swap-shift = Toca el turno que quieres dejar.
help-step-swap-mate = Toca al compañero. Decide él y después el supervisor.
help-step-swap-return = Toca el turno que tomas a cambio, o Sin nada a cambio.
help-step-swap-preview = Toca Confirmar para enviar la propuesta.
help-step-leave-dates = Toca un día del calendario; las flechas cambian de mes y Hoy es el día de hoy.
help-step-leave-reason = Toca un motivo o escríbelo en pocas palabras.
help-step-leave-certificate = Envía una foto o un documento, o toca Omitir. Puedes agregarlo después desde el tablero.
help-step-leave-preview = Toca Confirmar para pedir la licencia o Volver para elegir otras fechas.
help-step-leave-reject = Escribe por qué no; quien la pidió lo lee.
help-step-reassign = Toca a quien toma la tarea. Arriba están los disponibles y cercanos.
