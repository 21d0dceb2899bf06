### SOS: pedir ajuda, quem vai, e as palavras de cada cartão. Os minutos são sempre uma estimativa.

button-menu-sos = 🆘 SOS
button-withdraw = ↩️ Anular
button-show-call = 🆘 Ver emergência
command-sos = Pedir ajuda urgente
help-sos = /sos · pedir ajuda: o alerta sai com sua localização, ou sozinho em poucos segundos
sos-ask = 🆘 Toque em «Compartilhar localização». O alerta sai sozinho em { $seconds } s, com ou sem localização. «Anular» interrompe.
sos-again = 🆘 Seu pedido de ajuda continua. Se você mudou de lugar ou não o enviou, toque em «Compartilhar localização».
sos-sent = 🆘 { $code }: pedido registrado às { $time }.
sos-reported = Repasso a { $names }.
sos-reported-nobody = Ainda não há a quem repassar pelo Telegram.
sos-reported-quiet = Já são mais de { $count } mensagens suas em um minuto: esta fica guardada, mas sem aviso.
sos-too-large = 📎 Arquivo de mais de { $megabytes } MB: vai só pelo Telegram.
sos-withdrawn = Anulado: seu pedido de ajuda ficou sem efeito.
sos-withdraw-reason = Anulado por quem chamou
emergency-head = 🆘 { $code } · { $name } pede ajuda
emergency-head-asked = 🆘 VOCÊ VAI? { $code } · { $name } pede ajuda
emergency-head-own = 🆘 { $code } · seu pedido de ajuda
emergency-head-over = 🆘 { $code } · { $name } pediu ajuda
emergency-place-shared = Lugar: localização compartilhada, { $age }, { $accuracy } ({ $place })
emergency-place-last = Lugar: última localização conhecida, { $age }, { $accuracy } ({ $place })
emergency-accuracy = a ±{ $metres } m
emergency-accuracy-none = precisão desconhecida
emergency-place-none = Lugar: desconhecido, quem chama não compartilhou localização
emergency-at-work = Está em uma tarefa: { $task }
emergency-way = Você está a { $distance } em linha reta: uns { $minutes } min, estimado.
emergency-nobody = Ainda não vai ninguém (precisa de { $needed }). A busca continua.
emergency-coming = Vão { $coming } de { $needed }:
emergency-comer = • { $name }: uns { $minutes } min, segundo cálculo das { $time } (linha reta × { $factor } a { $speed } km/h, sem garantia)
emergency-comer-plain = • { $name }: sem estimativa, a distância não é conhecida
emergency-assigned = • { $name }: com esta tarefa atribuída, sem resposta
emergency-assigned-untold = • { $name }: com esta tarefa atribuída, mas sem Telegram: falta avisar
emergency-assigned-by-phone = • { $name }: com esta tarefa atribuída, mas sem Telegram: ligue para { $phone }
emergency-comer-heard = • { $name }: «Recebido», ainda sem dizer que vai
emergency-comer-there = • { $name }: no local desde as { $time }
emergency-came = Disseram que iam: { $coming } de { $needed }
emergency-came-one = • { $name }
emergency-came-heard = • { $name }: «Recebido», sem dizer que ia
emergency-came-there = • { $name }: chegou às { $time }
emergency-you-go = 🏃 Você vai. Cuide-se.
emergency-you-got-it = Você respondeu «Recebido». Agora toque em «Vou» ou «Não posso».
emergency-you-there = 📍 Você está no local. Cuide-se.
emergency-you-cannot = Anotado: você não pode ir.
emergency-word-go = 🏃 Você vai a { $code } ({ $title }). Cuide-se.
emergency-word-cannot = 🚫 Anotado: você não pode ir a { $code } ({ $title }).
emergency-which-go = Você vai? Toque em qual. Para escrever a um deles, responda à mensagem dele.
emergency-which-cannot = Com qual você não pode? Toque nele. Para escrever a um deles, responda à mensagem dele.
emergency-instead = Você deixa { $first } e vai a { $second }? Quem pediu ajuda em { $first } e o comando saberão que você já não vai. Se não, siga: nada muda.
emergency-instead-reason = Vai a outro pedido de ajuda
emergency-you-went = Você disse que ia. Obrigado.
emergency-you-heard = Você respondeu «Recebido». Obrigado.
emergency-you-could-not = Você disse que não podia ir.
emergency-cannot-reason = Não pode ir
emergency-told = Avisados: { $sent } de { $asked }
emergency-no-one = Não há ninguém livre a quem avisar: ligue por telefone.
emergency-enough = Já vai gente suficiente. Obrigado, não precisa ir.
emergency-full = { $count ->
        [one] Já vai { $names }. Obrigado, não precisa ir.
       *[other] Já vão { $names }. Obrigado, não precisa ir.
    }
emergency-over = Já terminou. Obrigado.
emergency-ended-done = 🏁 { $name } encerrou seu pedido de ajuda { $code } às { $time }.
emergency-ended-off = 🏁 { $name } anulou seu pedido de ajuda { $code } às { $time }: { $reason }
emergency-ended-again = Se você ainda precisa de ajuda, toque em SOS de novo.
emergency-open-again = 🆘 { $name } reabriu seu pedido de ajuda { $code }: continua em andamento. Abaixo você vê quem vai.
emergency-left = 🚫 { $name } não vai mais a { $code }, seu pedido de ajuda.
emergency-still-going = Vão { $coming } de { $needed }.
emergency-deaf-caller = 📵 { $name } pediu ajuda ({ $code }) e já não recebe mensagens do Telegram.
emergency-deaf-going = 📵 { $name } vai a { $code } e já não recebe mensagens do Telegram.
emergency-deaf-sent = 📵 { $name } tem { $code } a seu cargo e já não recebe mensagens do Telegram.
emergency-deaf-call = Ligue para { $phone }.
emergency-deaf-no-phone = Não há telefone cadastrado: procure por outro meio.
emergency-deaf-search = Talvez continue a caminho. Enquanto isso, busca-se mais alguém.
emergency-deaf-nobody = Talvez continue a caminho, mas não se conta com isso. Por enquanto não resta ninguém livre a quem pedir: se puder, envie alguém.
emergency-comer-deaf = ⚠️ já não recebe mensagens do Telegram: é preciso ligar
emergency-comer-calls = • { $name }: também pediu ajuda ({ $code }): por enquanto não se conta com essa pessoa
emergency-you-call = 🆘 Você pediu ajuda ({ $code }): por enquanto não se conta com você aqui. Quando terminar, se for, toque em «Vou».
emergency-hears = 📶 { $name } voltou a receber mensagens do Telegram ({ $code }).
emergency-missed = { $count ->
        [one] Enquanto as mensagens não chegavam a você, foi enviada 1 mensagem em { $code }: peça que a repitam, se precisar.
       *[other] Enquanto as mensagens não chegavam a você, foram enviadas { $count } mensagens em { $code }: peça que as repitam, se precisar.
    }
emergency-over-done = 🏁 { $by } encerrou { $code } às { $time }: o pedido de ajuda de { $name }.
emergency-over-off = 🏁 { $by } anulou { $code } às { $time }, o pedido de ajuda de { $name }: { $reason }
emergency-over-open = 🆘 { $by } reabriu { $code }, o pedido de ajuda de { $name }: continua em andamento.
emergency-resolved = ✅ Terminada às { $time }
emergency-cancelled = Anulada às { $time }: { $reason }
emergency-withdraw-hint = Você pode anular até { $time }.
emergency-escalated-at = Sem resposta: escalado às { $time }
emergency-escalation = 🆘 AJA: ninguém vai a { $code }. { $name } pede ajuda.
emergency-nobody-since = Ninguém está a caminho desde as { $time } ({ $age }).
emergency-elsewhere = É de outra unidade: você não pode atribuir ninguém. Ligue por telefone.
emergency-elsewhere-send = Você pode pedir reforços com /difusion.
emergency-repeated = Foi repetido mais abaixo: responda lá, onde também se vê como termina.
emergency-answered = Já há quem vá: o cartão diz como continua.
emergency-sent-before = { $count ->
        [one] 🆘 { $name } ({ $code }) enviou antes este arquivo:
       *[other] 🆘 { $name } ({ $code }) enviou antes estes { $count } arquivos:
    }
emergency-helper = { $name }, que ajuda
emergency-helper-calls = 🆘 { $name }, que ajuda em { $code }, agora pede ajuda: { $own }. Por enquanto não se conta com { $name } em { $code }.
emergency-commander = { $name }, do comando
emergency-asked = { $name }, a quem se pediu para ir
emergency-said-text = 🆘 { $name } ({ $code }): { $text }
emergency-said-photo = 🆘 { $name } ({ $code }) enviou uma foto
emergency-said-video = 🆘 { $name } ({ $code }) enviou um vídeo
emergency-said-voice = 🆘 { $name } ({ $code }) enviou uma mensagem de voz
emergency-said-document = 🆘 { $name } ({ $code }) enviou um documento
emergency-said-place = 🆘 { $name } ({ $code }) enviou a localização
emergency-said-on-board = 📎 O arquivo está no painel, na página da tarefa.
emergency-call = Ligue agora:
emergency-no-phones = Não há telefones cadastrados da unidade.
emergency-passed = • Não se pediu a { $name } ({ $facts }): { $why }
emergency-seen = localização das { $time }
emergency-load = { $count ->
        [one] 1 tarefa
       *[other] { $count } tarefas
    }
emergency-why-unplaced = não se conhece a sua localização
emergency-why-stale = a localização é antiga
emergency-why-not-linked = não tem Telegram
emergency-why-blocked = fora do alcance do Telegram
emergency-why-requirement = não cumpre o requisito
emergency-why-farther = está mais longe
emergency-why-busier = está igualmente perto e tem mais tarefas
emergency-why-in-need = disse em uma difusão que precisa de ajuda
refusal-withdraw-over = Peça a um supervisor que anule: o tempo para anular acabou.
