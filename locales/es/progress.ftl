### Los pasos de una tarea: recibir, rechazar, iniciar, pausar, finalizar, deshacer, reabrir, anular.

progress-acknowledged = ✅ Recibido: { $code }.
progress-en-route = 🚗 En camino a { $code }.
progress-on-site = 📍 En el lugar de { $code }.
progress-started = ▶️ Tarea iniciada: { $code }.
progress-resumed = ▶️ Tarea reanudada: { $code }.

## No puedo.
decline-ask-reason = Elige o escribe por qué no puedes con { $code }.
decline-reason-busy = En otra tarea
decline-reason-far = Estoy lejos
decline-reason-off-shift = Fuera de turno
decline-done = Anotado: no puedes con { $code }. Motivo: { $reason }.

## Pausa.
pause-ask-reason = Elige o escribe por qué se pausa { $code }.
pause-reason-break = Descanso
pause-reason-support = Esperando apoyo
pause-reason-urgent = Otra urgencia
pause-reason-weather = Mal tiempo
pause-done = ⏸️ Tarea en pausa: { $code }. Motivo: { $reason }.

## Finalizar.
finish-ask-outcome = Finaliza { $code } · { $title }: ¿hubo novedades?
finish-checklist = Antes de cerrar, revisa:
finish-no-evidence = Suele llevar evidencia y todavía no hay ninguna: toca Con novedades y envía una foto, un video, una voz o un documento.
finish-ask-report = Envía la novedad de { $code }: texto, foto o voz. Después queda finalizada.
finish-ask-started = Di cuándo empezó { $code }, que no se había iniciado: escribe la hora (14:30 · 21/11 23:00) o toca Omitir.
finish-ask-reason = Escribe el motivo para finalizar { $code } en lugar de { $name } (delegado).
finish-ask-reason-no-lead = Escribe el motivo para finalizar { $code }, que no tiene delegado.
finish-ask-reason-call = Elige o escribe por qué termina { $code }. Lo que escribas aquí queda como motivo y no le llega a su gente: para hablarles, responde citando un mensaje de { $code }.
finish-ask-sure = ¿Terminar { $code } igual?
finish-meanwhile = ⚠️ Mientras tanto escribió { $name }:
finish-reason-safe = Ya está a salvo
finish-reason-false-alarm = Falsa alarma
finish-reason-others = Intervino otro servicio
finish-which = Elige la tarea que finalizas.
finish-none = Mira tus tareas con /tareas: no hay ninguna abierta donde seas delegado.
finish-done = 🏁 Tarea finalizada: { $code }, { $time }. { $count ->
        [0] Nadie quedó libre.
        [one] 1 persona quedó libre.
       *[other] { $count } personas quedaron libres.
    }

## La palabra «listo».
done-phrase-unknown = Revisa el código: no encuentro { $code } entre tus tareas en curso.

## Deshacer y reabrir.
undo-done = ↩️ Deshecho: { $code } está { $status }.
reopen-ask-reason = Escribe por qué se reabre { $code }.
reopen-done = 🔓 Tarea reabierta: { $code }. { $count ->
        [0] No volvió nadie.
        [one] Volvió 1 persona.
       *[other] Volvieron { $count } personas.
    }
not-back-task = { $name } no volvió: tiene { $code } en ese horario.
not-back-leave = { $name } no volvió: está de licencia hasta { $time }.
not-back-call = { $name } no volvió: pidió ayuda.
not-back-removed = { $name } no volvió: su cuenta está desactivada.
not-back-you-task = Ya no estás en ella: tienes { $code } en ese horario.
not-back-you-leave = Ya no estás en ella: estás de licencia hasta { $time }.
not-back-you-call = Ya no estás en ella: pediste ayuda.
not-back-replace = Busca reemplazo.
not-back-known = El pedido de reemplazo va a quienes responden por { $code }.
not-back-unknown = Llama a un supervisor: quienes responden por { $code } no están en Telegram.

## Anular la tarea.
cancel-task-ask-reason = Escribe por qué se anula { $code }.
cancel-task-ask-reason-call = Escribe por qué se anula { $code }. Lo que escribas aquí queda como motivo y no le llega a su gente: para hablarles, responde citando un mensaje de { $code }.
cancel-task-done = Tarea anulada: { $code }.

## Cambiar personal.
