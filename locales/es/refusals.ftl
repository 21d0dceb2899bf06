### Rechazos: qué se puede hacer y por qué no se hizo. Hasta 200 caracteres, caben en un aviso de botón.

refusal-not-lead = Avisa a { $name }: solo el delegado puede hacerlo en { $code }.
refusal-no-lead = Pide a tu supervisor que elija delegado: { $code } no tiene.
refusal-not-allowed = Pide ayuda a tu supervisor: tu nivel no permite hacer esto.
refusal-not-found = Revisa el dato: no existe o no puedes verlo.
refusal-already-completed = { $code } ya fue finalizada por { $name } a las { $time }.
refusal-wrong-state = Ahora no se puede: { $code } está { $status }.
refusal-not-assigned = Habla con tu supervisor: { $code } ya no está a tu cargo.
refusal-on-leave = Elige a otra persona: { $name } está de licencia hasta { $until }.
refusal-overlap = Elige otra hora o a otra persona: { $name } tiene { $code } en ese horario.
refusal-leave-overlap = Elige otros días o anula la otra: { $name } ya tiene una licencia pedida o aprobada del { $from } al { $until }.
refusal-off-shift = Escribe un motivo o elige a otra persona: { $name } está fuera de turno.
refusal-not-on-hand = Escribe un motivo o elige a otra persona. { $who }.
refusal-agent-inactive = Elige a otra persona: { $name } ya no está en servicio.
refusal-user-inactive = Habla con tu supervisor: tu cuenta está desactivada.
refusal-start-needs-lead = Asigna antes a alguien con Telegram: { $code } necesita un delegado para iniciar.
refusal-undo-over = Pide a un supervisor que reabra { $code }: el tiempo para deshacer terminó.
refusal-reason-needed = Escribe un motivo: hace falta para esto.
refusal-raised-only = Pide ayuda con /sos: una emergencia no se crea como las demás tareas.
refusal-too-many-people = Elige menos personas: una tarea admite hasta { $max }.
refusal-too-many-reports = Ya se preparan { $max } informes tuyos: espera a que llegue alguno.
refusal-too-many-rows = Un PDF llega a { $max } filas y este informe tiene más: pídelo en CSV o XLSX, o de un período más corto.
refusal-quorum-too-large = { $people ->
    [one] Elige menos respuestas, o a más gente: llega a 1 sola persona.
   *[other] Elige menos respuestas, o a más gente: llega a { $people } personas.
}
refusal-invalid-field = Corrige «{ $field }»: ese valor no sirve.
refusal-changed-meanwhile = Mira de nuevo: alguien cambió { $code } al mismo tiempo. No se guardó tu cambio.

## Problemas del sistema.
error-system = Intenta de nuevo en un momento: hubo un problema y no se guardó nada.
error-upload-slow = El archivo llegó demasiado lento: prueba con mejor conexión o con un archivo más chico.
error-too-many-requests = { $seconds ->
        [one] Espera 1 segundo e intenta de nuevo: llegaron demasiados pedidos seguidos.
       *[other] Espera { $seconds } segundos e intenta de nuevo: llegaron demasiados pedidos seguidos.
    }
error-locked = { $minutes ->
        [one] Demasiadas contraseñas equivocadas: espera 1 minuto.
       *[other] Demasiadas contraseñas equivocadas: espera { $minutes } minutos.
    }
error-bad-credentials = Inicia sesión con tu usuario y tu contraseña: esos datos no son válidos.
error-signed-out = Inicia sesión: todavía no entraste o tu sesión terminó.
error-unsupported = Envía texto, foto, video, voz, documento o ubicación: esto no lo puedo usar.
refusal-shift-overlap = { $name } ya tiene un turno en ese horario. Elige otro horario.
refusal-shift-clashes = { $count ->
    [one] Hay { $count } turno que no se puede planificar. Revisa el detalle.
   *[other] Hay { $count } turnos que no se pueden planificar. Revisa el detalle.
}
refusal-not-now-from = Todavía no: se puede desde { $from }.
refusal-not-now-until = Eso se podía hasta { $until }. Pide a tu supervisor que lo registre.
refusal-settled = Eso ya está resuelto o terminado: no hace falta nada más.
refusal-somebody = Esa persona
refusal-open-again = Ciérralo y ábrelo de nuevo desde el chat del bot: Telegram no confirmó quién eres.
refusal-not-enrolled = Pide a tu supervisor tu enlace personal: este Telegram no está vinculado a ninguna cuenta.
refusal-open-work = Termina o reasigna antes lo que tiene abierto (tareas: { $codes }; turnos sin terminar: { $shifts }) y repite el borrado.
refusal-no-consent-location = No lo guardé: retiraste tu permiso para guardar ubicaciones. Puedes darlo de nuevo en /misdatos.
refusal-no-consent-media = No lo guardé: retiraste tu permiso para guardar fotos, videos y voz. Puedes darlo de nuevo en /misdatos.
