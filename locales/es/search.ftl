### /buscar e /historial.

command-find = Buscar tareas y personas
command-history = Ver lo que ya terminó
help-find = /buscar · tareas por código, título o lugar, y personas de tus unidades; por ejemplo /buscar plaza
help-history = /historial · lo que ya terminó, por estado y período

find-usage = Escribe qué buscas después del comando: parte de un código, un título, un lugar o un nombre. Por ejemplo: /buscar plaza
find-header = 🔎 Resultados de «{ $words }»
find-none = No hay más tareas con esas palabras.
find-nothing = No encontré nada: prueba con otras palabras, o con menos.
find-no-tasks = No hay tareas con esas palabras.
find-line = • { $code } · { $title } · { $status }, { $time }
find-person = 👤 { $name } · { $badge } · { $unit } · { $availability }
find-more-people = Hay más personas: agrega otra palabra.
find-posted = { $emoji } { $code } · { $kind }
find-state = { $status }, { $time }

history-header = 🗂 Historial: { $whose }, { $span }
history-empty = Nada terminó en ese período.
history-any = Todas
history-completed = Finalizadas
history-cancelled = Anuladas
history-own = Mías
history-units = De mis unidades

span-week = 7 días
span-month = 30 días
span-year = 1 año
span-always = Siempre

button-first = ⏮️ Inicio
