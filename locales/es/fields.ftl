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
