### O que é guardado sobre uma pessoa, para ela mesma.

my-data-head = 🗂 Seus dados: { $name } ({ $username }) · { $units }
my-data-contact = Também se guarda: { $what }
my-data-email = e-mail
my-data-phone = telefone
my-data-consent = Você aceitou vincular este Telegram em { $at }
my-data-work = Tarefas: { $tasks } · ocorrências: { $reports } · turnos: { $shifts } · licenças: { $leaves } · avisos de indisponível: { $unavailable } · sessões abertas: { $sessions }
my-data-positions = Localizações guardadas: { $count }, de { $oldest } a { $newest }
my-data-nowhere = Não há localizações guardadas.
my-data-exact = As localizações são guardadas por 30 dias; depois só o ponto de início e o de fim de cada tarefa.
my-data-map = Seus supervisores veem sua última localização no mapa.
my-data-off-map = Você retirou a permissão: não se guardam mais localizações suas, e a última já não está no mapa.
my-data-unseen = Ninguém consultou seu percurso.
my-data-seen = Quem consultou seu percurso:
my-data-seen-by = · { $name }, { $at }
my-data-file = Seus dados, linha por linha. O arquivo é seu: guarde-o onde ninguém mais o leia.
button-my-file = 📥 Baixar meus dados
my-data-consents = Permissões:
my-data-consent-given = · { $what }: sim, desde { $at }
my-data-consent-withdrawn = · { $what }: não, desde { $at }
my-data-consent-unasked = · { $what }: sim
consent-location = localizações
consent-media = fotos, vídeos e voz
button-consent-withdraw = 🚫 Retirar permissão: { $what }
button-consent-give = ✅ Dar permissão: { $what }
