### /estadisticas: números propios y de las unidades.

command-figures = Ver mis números
help-figures = /estadisticas · lo que hiciste, a tiempo o no, y en cuánto se respondió
figures-own = 📊 Tus números, { $span }
figures-units = 📊 Números de tus unidades, { $span }
figures-none = Sin datos todavía.
figures-completed = Finalizadas: { $count } · anuladas: { $cancelled }
figures-on-time = A tiempo: { $percent } % ({ $count } de { $total } con hora prevista)
figures-acknowledged = Del aviso al recibido: { $time } en promedio, de { $count }
figures-arrived = Del recibido al lugar: { $time } en promedio, de { $count }
figures-worked = Del lugar al fin: { $time } en promedio, de { $count }
figures-reports = Novedades: { $count }
length-seconds = { $count } s
length-minutes = { $count } min
length-hours = { $hours } h { $minutes } min
