### Los grupos de Telegram de las unidades.

command-group = Registrar el grupo de una unidad
help-group = /grupo · el grupo o tema de Telegram donde llegan las difusiones de tu unidad

group-ask = ¿De qué unidad es este grupo? Aquí llegarán sus difusiones.
group-ask-again = Este grupo recibe las difusiones de { $unit }. Puedes cambiar la unidad o quitarlo.
group-kept = ✅ Este grupo recibe las difusiones de { $unit }.
group-none = Este grupo no recibe difusiones.
group-answer = Responde con un botón. También te llega por privado.
group-lost = ⚠️ El bot ya no está en «{ $title }»: ese grupo ya no recibe las difusiones de { $unit }.
group-list = Estos grupos reciben difusiones de tus unidades:
group-list-one = • { $title }: { $unit }
group-list-empty = Ningún grupo recibe difusiones de tus unidades.
group-how = Para registrar uno: agrega el bot al grupo, escribe /grupo allí (o en el tema) y toca la unidad.
button-group-end = ✖ Quitar { $title }
group-done = ✅ Hecho
group-emergency = 🆘 { $code }: vienen { $coming } de { $crew }.
group-emergency-came = 🆘 { $code }: dijeron que iban { $coming } de { $crew }.
group-emergency-over = 🏁 Terminó.
group-page = Otra página
group-ownerless = ⚠️ { $name } registró el grupo «{ $title }» y ya no supervisa { $unit }. El grupo sigue recibiendo sus difusiones: revisa quién está en él. Para hacerte cargo escribe /grupo allí; o quítalo.
group-topics-refused = ⚠️ No puedo abrir temas aquí: las emergencias no tienen el suyo. Hazme administrador con el derecho «Gestionar temas» y lo intento de nuevo.
group-list-topics-refused = ⚠️ Sin temas de emergencia: al bot le falta el derecho «Gestionar temas» en el grupo.
group-topics-off = ⚠️ Este grupo tiene los temas desactivados: las emergencias no tienen el suyo y aparecen en el chat general. Actívalos en los ajustes del grupo y escribe /grupo.
group-list-topics-off = ⚠️ Sin temas de emergencia: el grupo tiene los temas desactivados.
