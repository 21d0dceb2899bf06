### /estadisticas: own figures and those of units.

command-figures = See my figures
help-figures = /estadisticas · what you did, on time or not, and how fast the answers came
figures-own = 📊 Your figures, { $span }
figures-units = 📊 Figures of your units, { $span }
figures-none = No data yet.
figures-completed = Completed: { $count } · called off: { $cancelled }
figures-on-time = On time: { $percent } % ({ $count } of { $total } with a due time)
figures-acknowledged = From offer to answer: { $time } on average, of { $count }
figures-arrived = From answer to arrival: { $time } on average, of { $count }
figures-worked = From arrival to the end: { $time } on average, of { $count }
figures-reports = Reports: { $count }
length-seconds = { $count } s
length-minutes = { $count } min
length-hours = { $hours } h { $minutes } min
