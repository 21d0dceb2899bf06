### Simulacros: qué tan bien se respondió, o por qué no se hizo.

drill-score = 🧪 Terminó el simulacro: { $text }
drill-score-people = Respondieron { $acknowledged } de { $people }. Sin respuesta: { $silent } · no recibieron el mensaje: { $unreachable }
drill-score-reached = De los { $count } alcanzados respondió { $share }
drill-score-all = De los { $count } convocados respondió { $share }
drill-share-both = la mitad en { $half } y el 90 % en { $most }
drill-share-half = la mitad en { $half }, pero no el 90 %
drill-share-none = menos de la mitad
drill-score-calling = En una emergencia: { $count }
drill-score-silent = Sin respuesta: { $names }
drill-score-unreachable = Sin alcance por Telegram: { $names }
drill-missed = ⚠️ No se hizo el simulacro previsto para { $time }: { $text }
drill-missed-late = El sistema no estaba en marcha a esa hora.
drill-missed-sender = Quien lo planificó ya no puede enviar difusiones.
drill-missed-nobody = No había nadie a quien llegar.
drill-missed-words = Su protocolo ya no existe.

## Planificado en /difusion
button-drill-later = 🕒 Que salga más tarde
button-drill-now = 📣 Que salga al confirmar
drill-ask-when =
    Escribe la fecha y la hora en que sale el simulacro.
    Por ejemplo: 18:30 · mañana 9:00 · 25/11 14:00
drill-leaves-at = 🕒 Sale solo: { $time }
drill-preview-hint = Escribe para completar el texto. Al confirmar queda planificado: a esa hora sale solo.
drill-planned = 🕒 Planificado: sale solo { $time }. Se puede anular aquí o en el tablero.
drill-off = ✖️ Simulacro anulado: no sale.
button-drill-call-off = ✖️ Anular simulacro
drill-words-only = Un simulacro que sale más tarde lleva solo texto: nada se agregó.
