### /ayuda: una línea por comando y una por paso.

help-header = Toca un comando o usa los botones:
help-available = /disponibles · quién está libre, dónde y desde cuándo se sabe
help-broadcast = /difusion · un mensaje a muchos, con la lista de quién respondió
help-cancel = /cancelar · dejar lo que estás haciendo, sin guardar
help-create = /crear · tarea nueva paso a paso, o en una línea
help-finish = /finalizar · cerrar la tarea donde eres delegado; también «listo»
help-help = /ayuda · esta lista, o ayuda para el paso en que estás
help-language = /idioma · español, inglés o portugués
help-my-data = /misdatos · qué se guarda sobre ti y quién lo vio
help-report = /novedad · texto, foto, video, voz, documento o ubicación para una tarea o tu turno
help-start = /start · abrir el menú
help-state = /estado · tu disponibilidad; avisar que no estás disponible
help-tasks = /tareas · tus tareas abiertas, con sus botones

## Ayuda del paso en que se está.
help-step-broadcast-audience = Toca para quién es. Antes de enviar verás a cuántas personas llega.
help-step-broadcast-what = Toca un protocolo, o escribe el mensaje con tus palabras.
help-step-broadcast-preview = Mira a quién llega. Escribe, adjunta o comparte un lugar para completarla; sale al tocar Confirmar.
help-step-broadcast-word = Escribe la palabra pedida para enviarla, o toca Cancelar.
help-step-broadcast-later = Escribe cuándo sale el simulacro, como 18:30 o mañana 9:00. Toca Que salga al confirmar para no esperar.
help-step-create-kind = Toca el tipo de tarea. De él salen el código, la prioridad y la duración habitual.
help-step-create-title = Escribe en una frase qué hay que hacer. Es lo primero que verá el personal.
help-step-create-place = Envía una ubicación con el clip, escribe una dirección o toca Omitir.
help-step-create-when = Toca Ahora, +1 h o Elegir hora, o escribe cuándo: 18:30 · mañana 9:00. Una tarea programada no ocupa a nadie antes de empezar.
help-step-create-date = Escribe la hora, o la fecha y la hora: 18:30 · mañana 9:00 · 25/11 14:00
help-step-create-people = Toca los nombres para marcar o desmarcar, o escribe uno; luego Continuar. Arriba están los disponibles y cercanos.
help-step-create-off-shift = Escribe por qué hace falta alguien fuera de turno, o toca Volver. El motivo queda registrado.
help-step-create-lead = Toca al delegado: dirige en el lugar y finaliza la tarea por todo el grupo.
help-step-create-field = Toca el dato que quieres cambiar; lo demás queda igual.
help-step-create-priority = Toca la prioridad. Cuanto más alta, menos tiempo hay para responder.
help-step-create-description = Escribe lo que el personal necesita saber, o toca Omitir.
help-step-create-preview = Toca Confirmar para crear la tarea, Editar para cambiar un dato, Volver para el paso anterior o Cancelar para dejarla.
help-step-decline-reason = Toca un motivo o escríbelo. Hasta entonces la tarea sigue siendo tuya.
help-step-pause-reason = Toca un motivo o escríbelo. El tiempo en pausa no cuenta como duración.
help-step-finish-which = Toca la tarea que terminaste.
help-step-finish-outcome = Toca Sin novedades para cerrarla ya, o Con novedades para contar algo antes.
help-step-finish-report = Envía un texto, una foto o una nota de voz. La tarea se finaliza al recibirlo.
help-step-finish-started = Escribe la hora en que empezó, por ejemplo 14:30, o toca Omitir para cerrarla sin ese dato.
help-step-finish-reason = Escribe por qué la finalizas en lugar del delegado. El motivo queda registrado.
help-step-reopen-reason = Escribe por qué se reabre. El motivo queda registrado.
help-step-cancel-task-reason = Escribe por qué se anula, o toca Cancelar. El motivo queda registrado.
help-step-report-content = Envía un texto, foto, video, nota de voz, documento o ubicación.
help-step-report-task = Toca la tarea a la que pertenece la novedad.
help-step-state-reason = Toca un motivo o escríbelo. Vuelve a Disponible cuando quieras desde /estado.
help-step-state-until = Toca cuándo vuelves a estar disponible; hasta entonces nadie te asigna sin motivo.
