### Alta y bienvenida.

start-account-taken = Esta cuenta de Telegram ya pertenece a otra persona. Pide ayuda a tu supervisor.
start-board = Tablero
start-changed = Tus opciones cambiaron: usa los botones o mira /ayuda.
start-consent =
    Lee y acepta para empezar, { $name }.
    Guardamos tu nombre, tu cuenta de Telegram, tus tareas y lo que envíes aquí. Tu ubicación, solo cuando la compartes, en turno o en una tarea.
    Puedes retirar tu permiso para ubicaciones y fotos cuando quieras, en /misdatos.
start-consent-declined = Sin tu aceptación no puedo darte de alta. El enlace sigue sirviendo hasta su vencimiento.
start-disabled = Tu cuenta está desactivada. Habla con tu supervisor.
start-enrolled = ✅ Listo, { $name }. Ya puedes recibir y cerrar tareas aquí.
start-link-expired = Este enlace venció. Pide uno nuevo a tu supervisor.
start-link-unknown = Este enlace no es válido. Pide uno nuevo a tu supervisor.
start-link-used = Este enlace ya se usó. Pide uno nuevo a tu supervisor.
start-stranger = Este servicio es solo para el personal; si es tu caso, pide tu enlace de alta a quien te supervisa.
start-unlinked = Este chat ya no está unido a una cuenta del servicio. Para volver, pide un enlace de alta a quien te supervisa.
start-welcome-admin = Hola, { $name }. Crea tareas, mira quién está disponible o sigue las tuyas con los botones.
start-welcome-agent = Hola, { $name }. Mira tus tareas o envía una novedad con los botones.
start-welcome-supervisor = Hola, { $name }. Crea tareas y mira quién está disponible en tus unidades con los botones.
