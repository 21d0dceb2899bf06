### Botones. Hasta 30 caracteres; las palabras son un contrato, un emoji puede ir delante.

button-accept = ✅ Acepto
button-acknowledge = ✅ Recibido
button-assign = 👥 Asignar
button-available-again = 🟢 Disponible
button-back = ↩️ Volver
button-cancel = Cancelar
button-cancel-task = Anular tarea
button-choose-time = 🕐 Elegir hora
button-confirm = ✅ Confirmar
button-continue = ➡️ Continuar
button-decline = 🚫 No puedo
button-edit = ✏️ Editar
button-en-route = 🚗 En camino
button-finish = 🏁 Finalizar
button-finish-anyway = 🏁 Terminar igual
button-going = 🏃 Voy
button-instead = 🏃 Dejar { $first } e ir a { $second }
button-need-help = 🆘 Necesito ayuda
button-next = Siguiente ➡️
button-no = No
button-nothing-to-report = 👌 Sin novedades
button-now = Ahora
button-on-site = 📍 En el lugar
button-pause = ⏸️ Pausar
button-plus-hour = +1 h
button-previous = ⬅️ Anterior
button-reopen = 🔓 Reabrir
button-replace = 👥 Elegir reemplazo
button-report = 📝 Novedad
button-resume = ▶️ Reanudar
button-share-location = 📍 Compartir ubicación
button-skip = ⏭️ Omitir
button-something-to-report = 📝 Con novedades
button-start = ▶️ Iniciar
button-unavailable = 🔴 No disponible
button-undo = ↩️ Deshacer

## El menú fijo bajo el teclado.
button-menu-available = 🟢 Disponibles
button-menu-create = ➕ Crear tarea
button-menu-help = ❓ Ayuda
button-menu-language = 🌐 Idioma
button-menu-report = 📝 Novedad
button-menu-state = 👤 Estado
button-menu-tasks = 📋 Mis tareas
broadcast-button = 📣 { $text }
