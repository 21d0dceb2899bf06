### Difusão: o que se lê, o que se responde e o que sabe quem enviou.

broadcast-ask = Responda com um botão, ou com «1» ou «ok».
broadcast-anew = 🔁 Perguntamos de novo às { $asked }: o que você respondeu às { $answered } já não conta, porque não havia gente suficiente a caminho.
broadcast-you = Sua resposta: { $answer }
broadcast-repeated = Foi repetida mais abaixo: responda lá, onde também se vê como termina.
broadcast-cancelled = Esta difusão foi anulada.
broadcast-expired = Esta difusão terminou.
broadcast-closed = 🏁 Terminou. { $text } Envie seu relatório.
broadcast-help = 🆘 { $name } precisa de ajuda (difusão: { $text })
broadcast-help-said = 🆘 { $name }, que pediu ajuda às { $time }: «{ $note }» (difusão: { $text })
broadcast-help-place = Última localização: { $place }, { $age }
broadcast-said = 💬 { $name }: { $note } (difusão: { $text })
broadcast-told-you = 💬 { $name } responde a você: «{ $note }» (difusão: { $text })
broadcast-told = 💬 { $name } responde a { $to }: «{ $note }» (difusão: { $text })
broadcast-told-missed = 📵 Não chega a { $name } por Telegram: ligue ou vá procurar.
broadcast-short = ⚠️ { $name } mudou a resposta: restam { $count } de { $wanted }. Pergunta-se de novo (difusão: { $text })
broadcast-need-ask = 🆘 Do que você precisa? Escreva, ou mande voz, foto ou localização: eu repasso a { $names }. Se estiver em perigo, toque em SOS.
broadcast-need-nobody = 🆘 Toque em SOS se estiver em perigo: não há a quem avisar pelo Telegram. O que você escrever fica anotado na difusão.
broadcast-noted = 📝 Anotado na difusão «{ $text }». Repasso a { $names }.
broadcast-noted-nobody = 📝 Anotado na difusão «{ $text }». Não há a quem avisar pelo Telegram: se for urgente, toque em SOS.
broadcast-noted-quiet = 📝 Anotado na difusão «{ $text }», mas sem aviso: já são mais de { $count } mensagens suas em um minuto. Se era um arquivo, mande de novo em um minuto.
broadcast-noted-real = ⚠️ Se você precisa de ajuda de verdade, toque em SOS.
broadcast-known = Você já tinha respondido: { $answer }
broadcast-ended-at = Esta difusão terminou às { $time }.
broadcast-note-photo = 📷 Foto
broadcast-note-video = 🎬 Vídeo
broadcast-note-voice = 🎙️ Mensagem de voz
broadcast-note-document = 📎 Documento
broadcast-note-place = 📍 Localização ({ $place })
broadcast-file-lost = 📎 O arquivo da difusão não chegou a ninguém: o Telegram não o aceitou. O texto saiu mesmo assim. ({ $text })
broadcast-silent = ⏰ Ligue: { $count } sem resposta (difusão: { $text })
broadcast-silent-one = • { $name }: { $state }
broadcast-silent-phone = • { $name }: { $state }, { $phone }
broadcast-silent-no-phone = • { $name }: { $state }, sem telefone
broadcast-silent-no-phones = Todos estão sem telefone: procure-os de outro modo.
broadcast-silent-more = … e mais { $count }
broadcast-queued-word = na fila
broadcast-sent-word = enviado, sem resposta
broadcast-anew-word = perguntamos de novo { $asked } (tinha respondido { $answered })
broadcast-unreachable-word = sem alcance pelo Telegram
broadcast-escalated-word = { $state }, escalado
broadcast-roll-call = 📋 Difusão para { $people }: { $text }
broadcast-roll-answers = Recebido { $acknowledged } · A caminho { $coming } · Precisa de ajuda { $help } · Não pode { $declined }
broadcast-roll-needing = 🆘 Precisa de ajuda: { $names }
broadcast-roll-calling = 🆘 Em uma emergência: { $names }
broadcast-roll-deliveries = Na fila { $queued } · Enviado { $sent } · Sem alcance { $unreachable }
broadcast-roll-anew = Dos enviados, perguntados de novo: { $count }
broadcast-roll-escalated = Deles, escalados a quem comanda: { $count }
broadcast-roll-silent = Ainda falta responderem:
broadcast-roll-active = Esperando respostas.
broadcast-roll-enough = Já responderam os necessários.
broadcast-roll-held = Já responderam os necessários. Se não se puserem a caminho, perguntamos de novo a quem disse «Recebido».
button-broadcast-more = ➡ Ver mais { $count }
button-broadcast-cancel = ⛔ Anular difusão
button-broadcast-close = 🏁 Encerrar difusão
broadcast-close-ask = Encerrar mesmo assim a difusão «{ $text }»?
broadcast-cancel-ask = Anular mesmo assim a difusão «{ $text }»?
button-broadcast-close-anyway = 🏁 Encerrar mesmo assim
button-broadcast-cancel-anyway = ⛔ Anular mesmo assim
refusal-ended = Já terminou: não pode ser alterado.

## /difusion
broadcast-draft = 📝 Por confirmar: { $text }
broadcast-draft-from = Chegou de fora ({ $sender }). Não sai até que alguém confirme.
broadcast-draft-second = { $name } pede. Não sai até que outra pessoa confirme.
broadcast-awaits = ⏳ Ainda não saiu: outra pessoa precisa confirmar.
broadcast-awaits-nobody = ⏳ Ainda não saiu: outra pessoa precisa confirmar, e por Telegram não há a quem pedir.
refusal-needs-another = Outra pessoa precisa confirmar.
broadcast-ask-audience = 📣 Para quem é a difusão?
broadcast-ask-unit = Para qual unidade?
broadcast-ask-specialty = Para qual especialidade?
broadcast-ask-place = Envie a localização do centro com o clipe.
broadcast-ask-radius = Até que distância? Conta quem compartilhou sua localização na última meia hora.
broadcast-ask-what = Toque em um protocolo ou escreva a mensagem.
broadcast-ask-word = Para enviar, escreva: { $word }
broadcast-ask-answers = Quantas respostas bastam? Toque em um número ou escreva. Chega a { $people ->
        [one] { $people } pessoa.
       *[other] { $people } pessoas.
    }
broadcast-ask-until = Por quanto tempo se esperam respostas, desde que sai? Se não escolher, 12 horas.
broadcast-reaches = Chega a { $people ->
        [one] { $people } pessoa
       *[other] { $people } pessoas
    }, { $missed } sem Telegram.
broadcast-reaches-blocked = { $count ->
        [one] 1 está fora do alcance do Telegram: a lista tem { $total }.
       *[other] { $count } estão fora do alcance do Telegram: a lista tem { $total }.
    }
broadcast-open-calls = { $count ->
        [one] 🆘 Há 1 emergência aberta.
       *[other] 🆘 Há { $count } emergências abertas.
    }
drill-open-calls = { $count ->
        [one] 🆘 Há 1 emergência aberta: quem pediu ajuda não recebe o simulado.
       *[other] 🆘 Há { $count } emergências abertas: quem pediu ajuda não recebe o simulado.
    }
broadcast-missed = Não chega a: { $names }
broadcast-groups = Primeiro em grupos ({ $count }): { $titles }
broadcast-groups-trouble = ⚠️ A última vez não chegou a: { $titles }
broadcast-with-place = 📍 Com localização
broadcast-with-file = 📎 Com arquivo
broadcast-one-answer = Basta a primeira resposta; se ninguém se puser a caminho, pergunta-se de novo.
broadcast-some-answers = Bastam { $count } respostas; se não houver tantos a caminho, pergunta-se de novo.
broadcast-until = ⏳ Fecha { $hours ->
        [one] { $hours } hora depois de sair.
       *[other] { $hours } horas depois de sair.
    }
broadcast-preview-hint = Escreva para completar o texto, ou envie um arquivo ou uma localização. Sai ao confirmar.
broadcast-leaves = 📣 A caminho. Na mensagem «📋 Difusão» você vê quem responde.
broadcast-word-wrong = Essa não é a palavra pedida: ainda não foi enviada.
broadcast-nobody = Não há ninguém a alcançar: ainda não foi enviada.
broadcast-text-wrong = Falta o texto ou é longo demais: ainda não foi enviada.
broadcast-number-wrong = Escreva um número, como 5: ainda não foi enviada.
button-audience-all = 👥 Todos
button-audience-duty = 🕒 De turno
button-audience-boss = 🎖️ Supervisores
button-audience-unit = 🏢 Uma unidade
button-audience-skill = 🛠️ Especialidade
button-audience-near = 📍 Perto de um lugar
button-answers-one = 👤 Basta uma resposta
button-answers-all = 👥 Esperar por todos
button-answers-some = 🔢 Escolher quantas
button-answers-until = ⏳ Até quando
button-drill-on = 🧪 Fazer simulado
button-drill-off = 🧪 Não é mais simulado
