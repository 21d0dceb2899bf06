### Difusión: lo que se lee, lo que se responde y lo que sabe quien la envió.

broadcast-ask = Responde con un botón, o con «1» u «ok».
broadcast-anew = 🔁 Se volvió a preguntar a las { $asked }: lo que respondiste a las { $answered } ya no cuenta, porque no había bastantes en camino.
broadcast-you = Tu respuesta: { $answer }
broadcast-repeated = Se repitió más abajo: ahí se responde y se ve cómo termina.
broadcast-cancelled = Esta difusión fue anulada.
broadcast-expired = Esta difusión terminó.
broadcast-closed = 🏁 Terminó. { $text } Envía tu novedad.
broadcast-help = 🆘 { $name } necesita ayuda (difusión: { $text })
broadcast-help-said = 🆘 { $name }, que pidió ayuda a las { $time }: «{ $note }» (difusión: { $text })
broadcast-help-place = Última ubicación: { $place }, { $age }
broadcast-said = 💬 { $name }: { $note } (difusión: { $text })
broadcast-told-you = 💬 { $name } te responde: «{ $note }» (difusión: { $text })
broadcast-told = 💬 { $name } responde a { $to }: «{ $note }» (difusión: { $text })
broadcast-told-missed = 📵 A { $name } no le llega por Telegram: llama o ve a buscarlo.
broadcast-short = ⚠️ { $name } cambió su respuesta: quedan { $count } de { $wanted }. Se vuelve a preguntar (difusión: { $text })
broadcast-need-ask = 🆘 ¿Qué necesitas? Escríbelo, o manda voz, foto o ubicación: se lo paso a { $names }. Si estás en peligro, toca SOS.
broadcast-need-nobody = 🆘 Toca SOS si estás en peligro: no hay a quién avisar por Telegram. Lo que escribas queda anotado en la difusión.
broadcast-noted = 📝 Anotado en la difusión «{ $text }». Se lo paso a { $names }.
broadcast-noted-nobody = 📝 Anotado en la difusión «{ $text }». No hay a quién avisar por Telegram: si es urgente, toca SOS.
broadcast-noted-quiet = 📝 Anotado en la difusión «{ $text }», pero sin aviso: ya van más de { $count } mensajes tuyos en un minuto. Si era un archivo, mándalo otra vez en un minuto.
broadcast-noted-real = ⚠️ Si necesitas ayuda de verdad, toca SOS.
broadcast-known = Ya habías respondido: { $answer }
broadcast-ended-at = Esta difusión terminó a las { $time }.
broadcast-note-photo = 📷 Foto
broadcast-note-video = 🎬 Video
broadcast-note-voice = 🎙️ Mensaje de voz
broadcast-note-document = 📎 Documento
broadcast-note-place = 📍 Ubicación ({ $place })
broadcast-file-lost = 📎 El archivo de la difusión no llegó a nadie: Telegram no lo tomó. El texto salió igual. ({ $text })
broadcast-silent = ⏰ Llama: { $count } sin respuesta (difusión: { $text })
broadcast-silent-one = • { $name }: { $state }
broadcast-silent-phone = • { $name }: { $state }, { $phone }
broadcast-silent-no-phone = • { $name }: { $state }, sin teléfono
broadcast-silent-no-phones = Todos están sin teléfono: búscalos por otra vía.
broadcast-silent-more = … y { $count } más
broadcast-queued-word = en cola
broadcast-sent-word = enviado, sin respuesta
broadcast-anew-word = se volvió a preguntar { $asked } (había respondido { $answered })
broadcast-unreachable-word = sin alcance por Telegram
broadcast-escalated-word = { $state }, escalado
broadcast-roll-call = 📋 Difusión a { $people }: { $text }
broadcast-roll-answers = Recibido { $acknowledged } · En camino { $coming } · Necesita ayuda { $help } · No puede { $declined }
broadcast-roll-needing = 🆘 Necesita ayuda: { $names }
broadcast-roll-calling = 🆘 En una emergencia: { $names }
broadcast-roll-deliveries = En cola { $queued } · Enviado { $sent } · Sin alcance { $unreachable }
broadcast-roll-anew = De los enviados, se les volvió a preguntar: { $count }
broadcast-roll-escalated = De ellos, escalados a quienes mandan: { $count }
broadcast-roll-silent = Falta que respondan:
broadcast-roll-active = Esperando respuestas.
broadcast-roll-enough = Ya respondieron los necesarios.
broadcast-roll-held = Ya respondieron los necesarios. Si no se ponen en camino, se vuelve a preguntar a quienes dijeron «Recibido».
button-broadcast-more = ➡ Ver { $count } más
button-broadcast-cancel = ⛔ Anular difusión
button-broadcast-close = 🏁 Cerrar difusión
broadcast-close-ask = ¿Cerrar igual la difusión «{ $text }»?
broadcast-cancel-ask = ¿Anular igual la difusión «{ $text }»?
button-broadcast-close-anyway = 🏁 Cerrar igual
button-broadcast-cancel-anyway = ⛔ Anular igual
refusal-ended = Ya terminó: no se puede cambiar.

## /difusion
broadcast-draft = 📝 Por confirmar: { $text }
broadcast-draft-from = Llegó de fuera ({ $sender }). No sale hasta que alguien la confirme.
broadcast-draft-second = La pide { $name }. No sale hasta que otra persona la confirme.
broadcast-awaits = ⏳ Todavía no salió: otra persona tiene que confirmarla.
broadcast-awaits-nobody = ⏳ Todavía no salió: otra persona tiene que confirmarla, y por Telegram no hay a quién pedírselo.
refusal-needs-another = Tiene que confirmarla otra persona.
broadcast-ask-audience = 📣 ¿Para quién es la difusión?
broadcast-ask-unit = ¿Para qué unidad?
broadcast-ask-specialty = ¿Para qué especialidad?
broadcast-ask-place = Envía la ubicación del centro con el clip.
broadcast-ask-radius = ¿Hasta qué distancia? Cuenta quien compartió su ubicación en la última media hora.
broadcast-ask-what = Toca un protocolo o escribe el mensaje.
broadcast-ask-word = Para enviarla, escribe: { $word }
broadcast-ask-answers = ¿Cuántas respuestas bastan? Toca un número o escríbelo. Llega a { $people ->
        [one] 1 persona.
       *[other] { $people } personas.
    }
broadcast-ask-until = ¿Por cuánto tiempo se esperan respuestas, desde que sale? Si no eliges, 12 horas.
broadcast-reaches = Llega a { $people ->
        [one] 1 persona
       *[other] { $people } personas
    }, { $missed } sin Telegram.
broadcast-reaches-blocked = { $count ->
        [one] A 1 no se la alcanza por Telegram: la lista es de { $total }.
       *[other] A { $count } no se las alcanza por Telegram: la lista es de { $total }.
    }
broadcast-open-calls = { $count ->
        [one] 🆘 Hay 1 emergencia abierta.
       *[other] 🆘 Hay { $count } emergencias abiertas.
    }
drill-open-calls = { $count ->
        [one] 🆘 Hay 1 emergencia abierta: quien pidió ayuda no recibe el simulacro.
       *[other] 🆘 Hay { $count } emergencias abiertas: quien pidió ayuda no recibe el simulacro.
    }
broadcast-missed = No llega a: { $names }
broadcast-groups = Primero en grupos ({ $count }): { $titles }
broadcast-groups-trouble = ⚠️ La última vez no llegó a: { $titles }
broadcast-with-place = 📍 Con ubicación
broadcast-with-file = 📎 Con archivo
broadcast-one-answer = Basta con la primera respuesta; si nadie se pone en camino, se pregunta de nuevo.
broadcast-some-answers = Bastan { $count } respuestas; si no hay tantos en camino, se pregunta de nuevo.
broadcast-until = ⏳ Se cierra { $hours ->
        [one] 1 hora después de salir.
       *[other] { $hours } horas después de salir.
    }
broadcast-preview-hint = Escribe para completar el texto, o envía un archivo o una ubicación. Sale al confirmar.
broadcast-leaves = 📣 En marcha. En el mensaje «📋 Difusión» ves quién responde.
broadcast-word-wrong = Esa no es la palabra pedida: todavía no se envió.
broadcast-nobody = No hay nadie a quien llegar: todavía no se envió.
broadcast-text-wrong = Falta el texto o es demasiado largo: todavía no se envió.
broadcast-number-wrong = Escribe un número, como 5: todavía no se envió.
button-audience-all = 👥 Todos
button-audience-duty = 🕒 De turno
button-audience-boss = 🎖️ Supervisores
button-audience-unit = 🏢 Una unidad
button-audience-skill = 🛠️ Especialidad
button-audience-near = 📍 Cerca de un lugar
button-answers-one = 👤 Basta una respuesta
button-answers-all = 👥 Esperar a todos
button-answers-some = 🔢 Elegir cuántas
button-answers-until = ⏳ Hasta cuándo
button-drill-on = 🧪 Hacerla simulacro
button-drill-off = 🧪 Ya no es simulacro
