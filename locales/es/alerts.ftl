### Avisos a delegado, creador, supervisores y personal. Dicen lo que pasó con la tarea, nunca quién fue informado.

alert-declined = 🚫 Busca reemplazo: { $name } no puede con { $code } · { $title }. Motivo: { $reason }.
alert-removed = 🚫 Busca reemplazo: { $name } ya no está en { $code } · { $title }. Su cuenta fue desactivada.
alert-unavailable = 🚫 Busca reemplazo si hace falta: { $name } figura como no disponible y está en { $code } · { $title }. Motivo: { $reason }.
alert-unavailable-planned = 🚫 Busca reemplazo si hace falta: { $name } figura como no disponible y tiene { $code } · { $title }, { $time }. Motivo: { $reason }.
alert-no-answer = ⏰ Llama o reasigna: { $name } no respondió { $code } · { $title } en { $minutes } min.
alert-cry = 🆘 { $name } escribió en { $code }: «{ $words }»
alert-unreachable = 📵 Llama o reasigna: Telegram no llega a { $name } por { $code } · { $title }.
alert-at-call = 🆘 { $name } está en la emergencia { $code }: busca a otra persona.
alert-phone = Teléfono de { $name }: { $phone }
alert-task-completed = 🏁 Finalizada: { $code } · { $title }, por { $name } a las { $time }.
alert-task-cancelled = Detente: { $code } · { $title } fue anulada por { $name }. Motivo: { $reason }.
alert-task-reopened = Vuelve a la tarea: { $code } · { $title } fue reabierta por { $name }.
alert-not-back = 👥 Busca reemplazo: { $code } · { $title } fue reabierta por { $name }.
alert-not-back-you = No vuelvas a { $code } · { $title }: fue reabierta por { $name } y sigue sin ti.
alert-task-paused = ⏸️ En pausa: { $code } · { $title }. La pausó { $name }.
alert-task-resumed = ▶️ Sigue con { $code } · { $title }: la reanudó { $name }.
alert-task-place = Cambió el lugar: { $code } · { $title }. Mira la tarjeta. Lo cambió { $name }.
alert-task-time = Cambió la hora: { $code } · { $title }. Mira la tarjeta. La cambió { $name }.
alert-task-place-time = Cambiaron lugar y hora: { $code } · { $title }. Mira la tarjeta. Los cambió { $name }.
alert-unassigned = Deja { $code } · { $title }: ya no está a tu cargo.
alert-lead-you = Dirige { $code } · { $title }: ahora eres delegado.
