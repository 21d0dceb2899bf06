### Descripciones de la lista de comandos de Telegram.

command-available = Ver quién está disponible y dónde
command-broadcast = Enviar una difusión y ver quién responde
command-cancel = Dejar lo que estoy haciendo
command-create = Crear una tarea
command-finish = Finalizar una tarea
command-help = Ayuda para este momento
command-language = Cambiar el idioma
command-my-data = Ver qué se guarda sobre mí
command-report = Enviar una novedad
command-start = Abrir el menú
command-state = Ver o cambiar mi disponibilidad
command-tasks = Ver mis tareas abiertas
