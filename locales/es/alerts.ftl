### Avisos a delegado, creador, supervisores y personal. Dicen lo que pasó con la tarea, nunca quién fue informado.

alert-acknowledged = ✅ { $name } recibió { $code } · { $title }.
alert-declined = 🚫 Busca reemplazo: { $name } no puede con { $code } · { $title }. Motivo: { $reason }.
alert-no-answer = ⏰ Llama o reasigna: { $name } no respondió { $code } · { $title } en { $minutes } min.
alert-unreachable = 📵 Llama o reasigna: Telegram no llega a { $name } por { $code } · { $title }.
alert-phone = Teléfono de { $name }: { $phone }
alert-task-started = ▶️ En curso: { $code } · { $title }, por { $name } a las { $time }.
alert-task-completed = 🏁 Finalizada: { $code } · { $title }, por { $name } a las { $time }.
alert-task-cancelled = Detente: { $code } · { $title } fue cancelada por { $name }. Motivo: { $reason }.
alert-task-reopened = Vuelve a la tarea: { $code } · { $title } fue reabierta por { $name }.
alert-task-reopened-without-you = Sin cambios para ti: { $code } · { $title } fue reabierta por { $name }.
alert-unassigned = Deja { $code } · { $title }: ya no está a tu cargo.
alert-lead-changed = Coordina con { $name }: es ahora delegado de { $code } · { $title }.
alert-lead-you = Dirige { $code } · { $title }: ahora eres delegado.
