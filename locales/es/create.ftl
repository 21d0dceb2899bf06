### El diálogo /crear.

create-left = ✍️ La tarea nueva quedó a medias y está guardada. Toca el botón para seguir con ella.
create-ask-kind = Elige el tipo de tarea.
create-ask-title = Escribe el título: qué hay que hacer.
create-ask-place = Indica el lugar: envía una ubicación, escribe la dirección o toca Omitir.
create-ask-place-required = Indica el lugar, que este tipo de tarea suele llevar: envía una ubicación, escribe la dirección o, si aún no se sabe, toca Omitir.
create-ask-when = Elige cuándo empieza.
create-ask-date =
    Escribe la fecha y la hora de inicio.
    Por ejemplo: 18:30 · mañana 9:00 · 25/11 14:00
create-ask-people = Elige a las personas y toca Continuar. { $count ->
        [0] Todavía nadie.
        [one] 1 persona.
       *[other] { $count } personas.
    }
create-ask-lead = Elige al delegado: quien dirige en el lugar y finaliza la tarea.
create-ask-priority = Elige la prioridad.
create-ask-description = Escribe el detalle de la tarea.
create-ask-field = Elige qué quieres cambiar.

## Personas en los botones.
create-person = { $name } · { $detail }
create-person-chosen = ☑️ { $name } · { $detail }
create-person-has = tiene { $code } en ese horario
create-person-away = de licencia hasta { $until }

## Avisos que se pueden aceptar con un motivo.
create-off-shift = Escribe el motivo o vuelve: fuera de turno { $count ->
        [one] está { $names }.
       *[other] están { $names }.
    }
create-not-on-hand = Escribe el motivo o vuelve. { $who }.
create-reason-agreed = Acordado con la persona
create-reason-short-staffed = Falta de personal
create-reason-urgent = Urgencia

## Vista previa.
create-preview = Revisa y confirma la tarea nueva:
create-preview-line = { $field }: { $value }
create-against = ⚠️ { $name }: { $what }. Toca Editar y elige otra hora o a otra persona.
create-none = sin definir
create-when-now = ahora
create-created = ✅ Tarea creada: { $code } · { $title }. { $count ->
        [0] Sin personal todavía.
        [one] Asignada a 1 persona.
       *[other] Asignada a { $count } personas.
    }

## Lo que no sirve.
create-error-kind = Elige un tipo de la lista: «{ $kind }» no existe.
create-error-title-short = Escribe un título más largo: al menos { $min } caracteres.
create-error-title-long = Escribe un título más corto: hasta { $max } caracteres.
create-error-text-long = Escribe menos: hasta { $max } caracteres.
create-error-time-past = Elige otra hora: { $time } ya pasó.
create-error-time-unclear = Escribe la hora de otra forma, no la entendí.
create-error-person = Elige a la persona de la lista: no encuentro a «{ $name }».
create-error-people = Escribe el nombre completo: «{ $name }» puede ser más de una persona.
create-no-agents = Toca Continuar para crearla sin personal: tus unidades no tienen efectivos.
create-no-kinds = Pide a un administrador que cargue los tipos de tarea: no hay ninguno.
create-usage =
    Escribe en una línea, separado por punto y coma: tipo; título; lugar; hora; personas.
    Ejemplo: /crear patrullaje; Ronda por la plaza; Plaza Mayor; 18:30; Ana Díaz, Luis Paz
    El tipo y el título bastan; deja vacío lo que no uses.

## Personas para una tarea que ya existe.
assign-ask = Elige quién va a { $code } y toca Continuar. { $count ->
        [0] Todavía nadie.
        [one] 1 persona.
       *[other] { $count } personas.
    }
assign-by-phone = ☎️ { $name }: sin Telegram, avísale por teléfono ({ $phone }).
assign-without-phone = ☎️ { $name }: sin Telegram y sin teléfono cargado. Avísale por otro medio.
assign-declined = dijo que no puede
assign-done = ✅ { $code }: { $count ->
        [0] sin personal todavía.
        [one] asignada a 1 persona.
       *[other] asignada a { $count } personas en total.
    }
assign-no-agents = No hay a quién mandar a { $code }: tus unidades no tienen efectivos.
