### Lo que se guarda sobre una persona, para ella misma.

my-data-head = 🗂 Tus datos: { $name } ({ $username }) · { $units }
my-data-contact = También se guarda: { $what }
my-data-email = correo
my-data-phone = teléfono
my-data-consent = Aceptaste vincular este Telegram el { $at }
my-data-work = Tareas: { $tasks } · novedades: { $reports } · turnos: { $shifts } · licencias: { $leaves } · avisos de no disponible: { $unavailable } · sesiones abiertas: { $sessions }
my-data-positions = Ubicaciones guardadas: { $count }, del { $oldest } al { $newest }
my-data-nowhere = No hay ubicaciones guardadas.
my-data-exact = Las ubicaciones se guardan 30 días; después solo el punto de inicio y el de fin de cada tarea.
my-data-map = Tu última ubicación la ven tus supervisores en el mapa.
my-data-off-map = Retiraste el permiso: no se guardan más ubicaciones tuyas, y la última ya no está en el mapa.
my-data-unseen = Nadie consultó tu recorrido.
my-data-seen = Quién consultó tu recorrido:
my-data-seen-by = · { $name }, { $at }
my-data-file = Tus datos, fila por fila. El archivo es tuyo: guárdalo donde nadie más lo lea.
button-my-file = 📥 Descargar mis datos
my-data-consents = Permisos:
my-data-consent-given = · { $what }: sí, desde el { $at }
my-data-consent-withdrawn = · { $what }: no, desde el { $at }
my-data-consent-unasked = · { $what }: sí
consent-location = ubicaciones
consent-media = fotos, videos y voz
button-consent-withdraw = 🚫 Retirar permiso: { $what }
button-consent-give = ✅ Dar permiso: { $what }
