### Diálogos: dejarlos, perderlos, no entenderlos.

cancel-dropped = Cancelado. No se guardó nada.
cancel-nothing = No hay nada que cancelar.
dialogue-outdated = Empieza de nuevo: lo que estabas haciendo ya no se puede leer. No se guardó nada.
dialogue-expired = Pasó mucho tiempo: lo que habías empezado no se guardó. Empieza de nuevo si hace falta.
dialogue-button-gone = Ese botón ya no sirve. Usa el mensaje más nuevo.
dialogue-choose = Elige con los botones, o escribe /cancelar: este mensaje no lo guardé.
dialogue-write = Responde con un texto, o escribe /cancelar.
dialogue-share-place = Envía una ubicación con el clip, o escribe /cancelar.
dialogue-not-understood = Usa los botones o escribe /ayuda: no entendí el mensaje.
dialogue-unknown-command = Mira los comandos con /ayuda: ese no existe o no es para tu nivel.
dialogue-menu = Elige qué hacer.
