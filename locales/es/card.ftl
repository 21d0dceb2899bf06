### La tarjeta de una tarea: piezas de una línea; la primera dice qué hay que hacer.

task-card-offered = 📌 Responde: { $code } · { $title }
task-card-offered-again = 🔔 { $count ->
        [2] Segundo aviso
        [3] Tercer aviso
       *[other] Aviso { $count }
    }. Responde: { $code } · { $title }
task-card-header = { $emoji } { $code } · { $title }
task-card-drill = SIMULACRO
task-card-drill-over = ⚠️ El simulacro ya había terminado: puede ser de verdad.

task-card-kind = Tipo: { $kind }
task-card-priority = Prioridad: { $priority }
task-card-status = Estado: { $status }
task-card-unit = Unidad: { $unit }
task-card-description = Detalle: { $text }
task-card-place = Lugar: { $place }
task-card-place-pin = punto en el mapa
task-card-when = Hora: { $start }
task-card-when-until = Hora: { $start } a { $end }
task-card-lead = Delegado: { $name }
task-card-lead-you = Delegado: tú
task-card-no-lead = Delegado: sin definir

task-card-crew = Personal ({ $count }):
task-card-crew-line = • { $name }: { $state }
task-card-crew-line-reason = • { $name }: { $state } ({ $reason })
task-card-crew-more = • y { $count } más
task-card-crew-none = Personal: nadie todavía
task-card-crew-gone = Personal: nadie en este momento

task-card-completed = Finalizada por { $name } a las { $time }
task-card-completed-because = Finalizada por { $name } a las { $time }: { $reason }
task-card-cancelled = Anulada por { $name } a las { $time }: { $reason }
task-card-undo = Puedes deshacer durante { $seconds } segundos.

task-card-you-acknowledged = Tú: recibido a las { $time }
task-card-you-declined = Tú: no puedes ({ $reason })
task-card-you-en-route = Tú: en camino desde las { $time }
task-card-you-on-site = Tú: en el lugar desde las { $time }
task-card-you-released = Ya no tienes asignada esta tarea.
task-card-gone = Ya no puedes ver esta tarea.

## Qué pasó con cada aviso; cada línea sale de una entrega registrada.
delivery-queued = Aviso a { $name } en cola
delivery-sent = Avisado a { $name } { $time }
delivery-declined = { $name }: no puede { $time }
delivery-unreachable = { $name }: Telegram no le llega desde { $time }
delivery-escalated = { $name }: sin respuesta, avisando a quien manda desde { $time }
delivery-unheard = { $name }: sin respuesta, y desde { $time } nadie a quien avisar por Telegram. LLAMA

## Prioridades.
priority-low = baja
priority-medium = media
priority-high = alta
priority-urgent = urgente
priority-critical = crítica

## Estados de una tarea.
status-scheduled = programada
status-in-progress = en curso
status-paused = en pausa
status-completed = finalizada
status-cancelled = anulada

## Qué dijo cada persona de su tarea.
assignment-offered = sin responder
assignment-acknowledged = recibido
assignment-declined = no puede
assignment-en-route = en camino
assignment-on-site = en el lugar
assignment-released = ya no está en esta tarea
