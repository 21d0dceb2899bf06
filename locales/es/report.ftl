### Novedades y ubicaciones.

report-ask = Envía la novedad: texto, foto, video, voz, documento o ubicación.
report-ask-for = Envía la novedad de { $code }: texto, foto, video, voz, documento o ubicación.
report-ask-shift = Envía la novedad de tu turno: texto, foto, video, voz, documento o ubicación.
report-which = { $count ->
        [one] Confirma la tarea de esta novedad.
       *[other] Elige la tarea de esta novedad: tienes { $count } en curso.
    }
report-which-call = ¿Para qué pedido de ayuda es? Lo oyen quien llamó, quienes van y el mando.
report-waits = Elige primero la tarea de la novedad anterior: este mensaje no se guardó.
report-left = Envía otra vez la novedad anterior: no se guardó, porque no elegiste su tarea.
report-none = Inicia una tarea primero: no tienes ninguna en curso y no guardé este mensaje.
report-nowhere = No guardé este mensaje: no tienes ninguna tarea ni un turno planificado a esta hora. Díselo a tu supervisor, que puede planificarte uno, o, si es urgente, toca SOS.
report-cry = ⚠️ Si necesitas ayuda ahora, toca SOS.
report-shift-how = Escribe /novedad y el texto si es una novedad de tu turno: no tienes ninguna tarea en curso y no guardé este mensaje.
report-dropped = No se guardó la novedad.
report-cried = 📝 Novedad guardada en { $code }. Se lo paso ahora a { $names }.
report-saved-text = 📝 Novedad guardada en { $code }.
report-saved-photo = 📷 Foto anotada en { $code }.
report-saved-video = 🎬 Video anotado en { $code }.
report-saved-voice = 🎙️ Voz anotada en { $code }.
report-saved-document = 📎 Documento anotado en { $code }.
report-saved-album = { $count ->
        [one] 📎 { $count } archivo anotado en { $code }.
       *[other] 📎 { $count } archivos anotados en { $code }.
    }
report-saved-place = 📍 Ubicación anotada en { $code }.
report-saved-shift = 📝 Novedad de tu turno guardada.
report-saved-shift-album = { $count ->
        [one] 📎 { $count } archivo anotado en tu turno.
       *[other] 📎 { $count } archivos anotados en tu turno.
    }
report-correction = ✏️ Corrección: { $text }
report-corrected = ✏️ Corrección anotada en { $code }. También queda lo que escribiste primero.
report-corrected-shift = ✏️ Corrección anotada en tu turno. También queda lo que escribiste primero.
report-not-corrected = ✏️ Escríbelo en un mensaje nuevo: lo que corriges después de enviar no cambia lo que ya recibí.
report-too-large = Envía un archivo más chico: el límite es { $megabytes } MB. Este no se guardó.
location-saved = 📍 Ubicación guardada.
location-known = 📍 No guardé esta ubicación: ya tengo otra de segundos antes o más nueva.
location-refused = No guardé tu ubicación: solo se usa en turno o en una tarea.
