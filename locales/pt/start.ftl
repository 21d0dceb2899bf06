### Cadastro e boas-vindas.

start-account-taken = Esta conta do Telegram já pertence a outra pessoa. Peça ajuda a quem supervisiona você.
start-board = Painel
start-changed = Suas opções mudaram: use os botões ou veja /ayuda.
start-consent =
    Leia e aceite para começar, { $name }.
    Guardamos seu nome, sua conta do Telegram, suas tarefas e o que você enviar aqui. Sua localização, só quando você a compartilha, em turno ou em uma tarefa.
    Você pode retirar sua permissão para localizações e fotos quando quiser, em /misdatos.
start-consent-declined = Sem o seu aceite não posso fazer o cadastro. O link continua valendo até vencer.
start-disabled = Sua conta está desativada. Fale com quem supervisiona você.
start-enrolled = ✅ Tudo certo, { $name }. Você já pode receber e encerrar tarefas aqui.
start-link-expired = Este link venceu. Peça um novo a quem supervisiona você.
start-link-unknown = Este link não é válido. Peça um novo a quem supervisiona você.
start-link-used = Este link já foi usado. Peça um novo a quem supervisiona você.
start-stranger = Este serviço é só para a equipe; se for o seu caso, peça o seu link de cadastro a quem supervisiona você.
start-unlinked = Este chat já não está ligado a uma conta do serviço. Para voltar, peça um link de cadastro a quem supervisiona você.
start-welcome-admin = Olá, { $name }. Crie tarefas, veja quem está disponível ou acompanhe as suas com os botões.
start-welcome-agent = Olá, { $name }. Veja suas tarefas ou envie uma novidade com os botões.
start-welcome-supervisor = Olá, { $name }. Crie tarefas e veja quem está disponível nas suas unidades com os botões.
