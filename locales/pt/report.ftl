### Novidades e localizações.

report-ask = Envie a novidade: texto, foto, vídeo, voz, documento ou localização.
report-ask-for = Envie a novidade de { $code }: texto, foto, vídeo, voz, documento ou localização.
report-ask-shift = Envie a novidade do seu turno: texto, foto, vídeo, voz, documento ou localização.
report-which = { $count ->
        [one] Confirme a tarefa desta novidade.
       *[other] Escolha a tarefa desta novidade: há { $count } em andamento.
    }
report-which-call = Para qual pedido de ajuda é? Quem chamou, quem vai e o comando ouvem.
report-waits = Escolha primeiro a tarefa da novidade anterior: esta mensagem não foi guardada.
report-left = Envie de novo a novidade anterior: não foi guardada, porque você não escolheu a tarefa dela.
report-none = Inicie uma tarefa primeiro: você não tem nenhuma em andamento e não guardei esta mensagem.
report-nowhere = Não guardei esta mensagem: você não tem nenhuma tarefa nem um turno planejado a esta hora. Avise seu supervisor, que pode planejar um para você, ou, se for urgente, toque em SOS.
report-cry = ⚠️ Se você precisa de ajuda agora, toque em SOS.
report-shift-how = Escreva /novedad e o texto se é uma novidade do seu turno: você não tem nenhuma tarefa em andamento e não guardei esta mensagem.
report-dropped = A novidade não foi guardada.
report-cried = 📝 Novidade guardada em { $code }. Repasso agora a { $names }.
report-saved-text = 📝 Novidade guardada em { $code }.
report-saved-photo = 📷 Foto anotada em { $code }.
report-saved-video = 🎬 Vídeo anotado em { $code }.
report-saved-voice = 🎙️ Voz anotada em { $code }.
report-saved-document = 📎 Documento anotado em { $code }.
report-saved-album = { $count ->
        [one] 📎 { $count } arquivo anotado em { $code }.
       *[other] 📎 { $count } arquivos anotados em { $code }.
    }
report-saved-place = 📍 Localização anotada em { $code }.
report-saved-shift = 📝 Novidade do seu turno guardada.
report-saved-shift-album = { $count ->
        [one] 📎 { $count } arquivo anotado no seu turno.
       *[other] 📎 { $count } arquivos anotados no seu turno.
    }
report-correction = ✏️ Correção: { $text }
report-corrected = ✏️ Correção anotada em { $code }. O que você escreveu primeiro também fica.
report-corrected-shift = ✏️ Correção anotada no seu turno. O que você escreveu primeiro também fica.
report-not-corrected = ✏️ Escreva em uma mensagem nova: o que você corrige depois de enviar não muda o que já recebi.
report-too-large = Envie um arquivo menor: o limite é { $megabytes } MB. Este não foi guardado.
location-saved = 📍 Localização guardada.
location-known = 📍 Não guardei esta localização: já tenho outra de segundos antes ou mais nova.
location-refused = Não guardei sua localização: só é usada em turno ou em uma tarefa.
