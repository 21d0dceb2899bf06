### SOS: pedir ayuda, quién va, y las palabras de cada tarjeta. Los minutos son siempre una estimación.

button-menu-sos = 🆘 SOS
button-withdraw = ↩️ Anular
button-show-call = 🆘 Ver emergencia
command-sos = Pedir ayuda urgente
help-sos = /sos · pedir ayuda: la alerta sale con tu ubicación, o sola a los pocos segundos
sos-ask = 🆘 Toca «Compartir ubicación». La alerta sale sola en { $seconds } s, con o sin ubicación. «Anular» la detiene.
sos-again = 🆘 Tu pedido de ayuda sigue en curso. Si cambiaste de lugar o no lo mandaste, toca «Compartir ubicación».
sos-sent = 🆘 { $code }: pedido registrado a las { $time }.
sos-reported = Se lo paso a { $names }.
sos-reported-nobody = Todavía no hay a quién pasárselo por Telegram.
sos-reported-quiet = Ya van más de { $count } mensajes tuyos en un minuto: este queda guardado, pero sin aviso.
sos-too-large = 📎 Archivo de más de { $megabytes } MB: va solo por Telegram.
sos-withdrawn = Anulado: tu pedido de ayuda quedó sin efecto.
sos-withdraw-reason = Anulado por quien llamó
emergency-head = 🆘 { $code } · { $name } pide ayuda
emergency-head-asked = 🆘 ¿VAS? { $code } · { $name } pide ayuda
emergency-head-own = 🆘 { $code } · tu pedido de ayuda
emergency-head-over = 🆘 { $code } · { $name } pidió ayuda
emergency-place-shared = Lugar: ubicación compartida, { $age }, { $accuracy } ({ $place })
emergency-place-last = Lugar: última ubicación conocida, { $age }, { $accuracy } ({ $place })
emergency-accuracy = a ±{ $metres } m
emergency-accuracy-none = precisión desconocida
emergency-place-none = Lugar: desconocido, quien llama no compartió ubicación
emergency-at-work = Está en una tarea: { $task }
emergency-way = Estás a { $distance } en línea recta: unos { $minutes } min, estimado.
emergency-nobody = Todavía no va nadie (hacen falta { $needed }). La búsqueda sigue.
emergency-coming = Van { $coming } de { $needed }:
emergency-comer = • { $name }: unos { $minutes } min, según cálculo de las { $time } (línea recta × { $factor } a { $speed } km/h, sin garantía)
emergency-comer-plain = • { $name }: sin estimación, no se conoce la distancia
emergency-assigned = • { $name }: con esta tarea asignada, sin respuesta
emergency-assigned-untold = • { $name }: con esta tarea asignada, pero sin Telegram: falta avisarle
emergency-assigned-by-phone = • { $name }: con esta tarea asignada, pero sin Telegram: llama al { $phone }
emergency-comer-heard = • { $name }: «Recibido», todavía sin decir que va
emergency-comer-there = • { $name }: en el lugar desde las { $time }
emergency-came = Dijeron que iban: { $coming } de { $needed }
emergency-came-one = • { $name }
emergency-came-heard = • { $name }: «Recibido», sin decir que iba
emergency-came-there = • { $name }: llegó a las { $time }
emergency-you-go = 🏃 Vas tú. Cuídate.
emergency-you-got-it = Respondiste «Recibido». Ahora toca «Voy» o «No puedo».
emergency-you-there = 📍 Estás en el lugar. Cuídate.
emergency-you-cannot = Anotado: no puedes ir.
emergency-word-go = 🏃 Vas tú a { $code } ({ $title }). Cuídate.
emergency-word-cannot = 🚫 Anotado: no puedes ir a { $code } ({ $title }).
emergency-which-go = ¿Vas? Toca a cuál. Para escribirle a uno, responde a su mensaje.
emergency-which-cannot = ¿Con cuál no puedes? Toca uno. Para escribirle a uno, responde a su mensaje.
emergency-instead = ¿Dejas { $first } y vas a { $second }? Quien pidió ayuda en { $first } y el mando sabrán que ya no vas. Si no, sigue: no cambia nada.
emergency-instead-reason = Va a otro pedido de ayuda
emergency-you-went = Dijiste que ibas. Gracias.
emergency-you-heard = Respondiste «Recibido». Gracias.
emergency-you-could-not = Dijiste que no podías ir.
emergency-cannot-reason = No puede ir
emergency-told = Avisados: { $sent } de { $asked }
emergency-no-one = No hay nadie libre a quien avisar: llama por teléfono.
emergency-enough = Ya va gente suficiente. Gracias, no hace falta que vayas.
emergency-full = { $count ->
        [one] Ya va { $names }. Gracias, no hace falta que vayas.
       *[other] Ya van { $names }. Gracias, no hace falta que vayas.
    }
emergency-over = Ya terminó. Gracias.
emergency-ended-done = 🏁 { $name } terminó tu pedido de ayuda { $code } a las { $time }.
emergency-ended-off = 🏁 { $name } anuló tu pedido de ayuda { $code } a las { $time }: { $reason }
emergency-ended-again = Si todavía necesitas ayuda, toca SOS otra vez.
emergency-open-again = 🆘 { $name } reabrió tu pedido de ayuda { $code }: sigue en curso. Abajo ves quién va.
emergency-left = 🚫 { $name } ya no va a { $code }, tu pedido de ayuda.
emergency-still-going = Van { $coming } de { $needed }.
emergency-deaf-caller = 📵 { $name } pidió ayuda ({ $code }) y ya no recibe mensajes de Telegram.
emergency-deaf-going = 📵 { $name } va a { $code } y ya no recibe mensajes de Telegram.
emergency-deaf-sent = 📵 { $name } tiene asignada { $code } y ya no recibe mensajes de Telegram.
emergency-deaf-call = Llama al { $phone }.
emergency-deaf-no-phone = No tiene teléfono cargado: búscale por otro medio.
emergency-deaf-search = Quizá siga en camino. Mientras tanto se busca a alguien más.
emergency-deaf-nobody = Quizá siga en camino, pero no se cuenta con eso. Por ahora no queda nadie libre a quien pedírselo: si puedes, envía a alguien.
emergency-comer-deaf = ⚠️ ya no recibe mensajes de Telegram: hay que llamarle
emergency-comer-calls = • { $name }: pidió ayuda por su parte ({ $code }): por ahora no se cuenta con esa persona
emergency-you-call = 🆘 Pediste ayuda ({ $code }): por ahora no se cuenta contigo aquí. Cuando termine, si vas, toca «Voy».
emergency-hears = 📶 { $name } vuelve a recibir mensajes de Telegram ({ $code }).
emergency-missed = { $count ->
        [one] Mientras no te llegaban mensajes se envió 1 mensaje en { $code }: pide que te lo repitan si lo necesitas.
       *[other] Mientras no te llegaban mensajes se enviaron { $count } mensajes en { $code }: pide que te los repitan si los necesitas.
    }
emergency-over-done = 🏁 { $by } terminó { $code } a las { $time }: el pedido de ayuda de { $name }.
emergency-over-off = 🏁 { $by } anuló { $code } a las { $time }, el pedido de ayuda de { $name }: { $reason }
emergency-over-open = 🆘 { $by } reabrió { $code }, el pedido de ayuda de { $name }: sigue en curso.
emergency-resolved = ✅ Terminada a las { $time }
emergency-cancelled = Anulada a las { $time }: { $reason }
emergency-withdraw-hint = Puedes anular hasta las { $time }.
emergency-escalated-at = Sin respuesta: escalado a las { $time }
emergency-escalation = 🆘 ACTÚA: nadie va a { $code }. { $name } pide ayuda.
emergency-nobody-since = Nadie va desde las { $time } ({ $age }).
emergency-elsewhere = Es de otra unidad: no puedes asignar a nadie. Llama por teléfono.
emergency-elsewhere-send = Puedes pedir refuerzos con /difusion.
emergency-repeated = Se repitió más abajo: ahí se responde y se ve cómo termina.
emergency-answered = Ya hay quien va: su tarjeta dice cómo sigue.
emergency-sent-before = { $count ->
        [one] 🆘 { $name } ({ $code }) envió antes este archivo:
       *[other] 🆘 { $name } ({ $code }) envió antes estos { $count } archivos:
    }
emergency-helper = { $name }, que ayuda
emergency-helper-calls = 🆘 { $name }, que ayuda en { $code }, ahora pide ayuda: { $own }. Por ahora no se cuenta con { $name } en { $code }.
emergency-commander = { $name }, del mando
emergency-asked = { $name }, a quien se le pidió ir
emergency-said-text = 🆘 { $name } ({ $code }): { $text }
emergency-said-photo = 🆘 { $name } ({ $code }) envió una foto
emergency-said-video = 🆘 { $name } ({ $code }) envió un video
emergency-said-voice = 🆘 { $name } ({ $code }) envió un mensaje de voz
emergency-said-document = 🆘 { $name } ({ $code }) envió un documento
emergency-said-place = 🆘 { $name } ({ $code }) envió su ubicación
emergency-said-on-board = 📎 El archivo está en el tablero, en la página de la tarea.
emergency-call = Llama ahora:
emergency-no-phones = No hay teléfonos cargados de su unidad.
emergency-passed = • No se le pidió a { $name } ({ $facts }): { $why }
emergency-seen = ubicación de las { $time }
emergency-load = { $count ->
        [one] 1 tarea
       *[other] { $count } tareas
    }
emergency-why-unplaced = no se conoce su ubicación
emergency-why-stale = su ubicación es vieja
emergency-why-not-linked = no tiene Telegram
emergency-why-blocked = está fuera del alcance de Telegram
emergency-why-requirement = no cumple el requisito
emergency-why-farther = está más lejos
emergency-why-busier = está igual de cerca y tiene más tareas
emergency-why-in-need = dijo en una difusión que necesita ayuda
refusal-withdraw-over = Pide a un supervisor que la anule: el tiempo para anular terminó.
