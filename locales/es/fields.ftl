### Nombres de los campos de una tarea: en la vista previa, en los botones de Editar y en los rechazos.

field-kind = Tipo
field-title = Título
field-place = Lugar
field-when = Hora
field-end = Fin
field-people = Personal
field-lead = Delegado
field-priority = Prioridad
field-description = Detalle
field-unit = Unidad
field-reason = Motivo

## De lo demás, en los rechazos.
field-username = Usuario
field-name = Nombre
field-password = Contraseña
field-email = Correo
field-phone = Teléfono
field-badge = Legajo
field-level = Nivel
field-permissions = Permisos
field-language = Idioma
field-zone = Huso horario
field-start = Comienzo
field-from = Desde
field-until = Hasta
field-page = Página
field-rows = Filas
field-text = Texto
field-audience = Destinatarios
field-protocol = Protocolo
field-confirm-word = Palabra de confirmación
field-expiry = Vencimiento
field-answers = Respuestas
field-minutes = Minutos
field-file = Archivo
field-code = Código
field-prefix = Prefijo
field-state = Estado
field-specialty = Especialidad
field-days = Días
field-area = Zona del mapa
field-person = Persona
field-availability = Disponibilidad
