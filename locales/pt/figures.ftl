### /estadisticas: números próprios e das unidades.

command-figures = Ver meus números
help-figures = /estadisticas · o que você fez, no prazo ou não, e em quanto tempo se respondeu
figures-own = 📊 Seus números, { $span }
figures-units = 📊 Números das suas unidades, { $span }
figures-none = Sem dados ainda.
figures-completed = Finalizadas: { $count } · anuladas: { $cancelled }
figures-on-time = No prazo: { $percent } % ({ $count } de { $total } com hora prevista)
figures-acknowledged = Do aviso à resposta: { $time } em média, de { $count }
figures-arrived = Da resposta ao local: { $time } em média, de { $count }
figures-worked = Do local ao fim: { $time } em média, de { $count }
figures-reports = Novidades: { $count }
length-seconds = { $count } s
length-minutes = { $count } min
length-hours = { $hours } h { $minutes } min
