// Every word of the page in three languages.
const words = {
  es: {
    phones: "Teléfonos", people: "Personas", search: "Buscar persona", language: "Idioma", add: "+ Otra persona",
    offline: "Sin conexión, reintentando…", nobody: "Elige una persona de la lista para abrir su teléfono.",
    back: "Volver a la lista", close: "Cerrar este teléfono", more: "Más acciones", attach: "Adjuntar",
    menu: "Menú", write: "Mensaje", send: "Enviar", start: "INICIAR", bot: "bot", typing: "escribiendo…",
    edited: "editado", empty: "Todavía no hay mensajes.", keyboard: "Mostrar u ocultar el teclado", phoneOf: "Teléfono de",
    blocked: "Bot detenido", unblock: "REINICIAR BOT", deleted: "Cuenta eliminada", unread: "sin leer",
    block: "Detener y bloquear el bot", openLink: "Abrir un enlace de alta…", where: "Dónde está…", live: "en vivo",
    deleteAccount: "Eliminar la cuenta de Telegram", samplePhoto: "Foto de muestra", photo: "Elegir una foto…",
    voice: "Nota de voz de muestra", video: "Video de muestra", document: "Documento de muestra", file: "Elegir un archivo…",
    location: "Ubicación…", liveLocation: "Ubicación en vivo…", contact: "Contacto", cancel: "Cancelar", ok: "Aceptar",
    sendLocation: "Enviar esta ubicación", shareLive: "Compartir en vivo", standHere: "Está aquí", moveHere: "Mover aquí",
    latitude: "Latitud", longitude: "Longitud", pad: "Plano: toque o use las flechas para mover el marcador",
    minutes: "Durante", move: "Mover", stop: "Detener", liveNow: "Ubicación en vivo", liveEnded: "Ubicación en vivo terminada",
    place: "Ubicación", link: "Enlace", linkHint: "https://t.me/…?start=…", open: "Abrir", name: "Nombre", lastName: "Apellido",
    create: "Crear", caption: "Texto (opcional)", reply: "Responder", cancelReply: "No responder", pinned: "Mensaje fijado",
    forwarded: "Reenviado de", today: "Hoy", yesterday: "Ayer", you: "Usted", voiceNote: "Nota de voz", recording: "Grabando la muestra…",
    needsBlockSure: "El bot ya no podrá escribirle. ¿Detenerlo?", deleteSure: "No se puede deshacer. ¿Eliminar la cuenta?",
    messages: "Mensajes", buttons: "Botones del mensaje", replyKeyboard: "Teclado de respuestas", commands: "Comandos",
    newChat: "Chat nuevo", noBrowser: "Este navegador no puede hacer la muestra.", photoWord: "Foto", videoWord: "Video",
    documentWord: "Documento", contactWord: "Contacto", audioWord: "Audio", animationWord: "GIF", topic: "Tema creado",
  },
  en: {
    phones: "Phones", people: "People", search: "Search a person", language: "Language", add: "+ Somebody else",
    offline: "No connection, retrying…", nobody: "Choose a person from the list to open their phone.",
    back: "Back to the list", close: "Close this phone", more: "More actions", attach: "Attach",
    menu: "Menu", write: "Message", send: "Send", start: "START", bot: "bot", typing: "typing…",
    edited: "edited", empty: "No messages yet.", keyboard: "Show or hide the keyboard", phoneOf: "Phone of",
    blocked: "Bot stopped", unblock: "RESTART BOT", deleted: "Deleted account", unread: "unread",
    block: "Stop and block the bot", openLink: "Open an enrolment link…", where: "Where they are…", live: "live",
    deleteAccount: "Delete the Telegram account", samplePhoto: "Sample photo", photo: "Choose a photo…",
    voice: "Sample voice note", video: "Sample video", document: "Sample document", file: "Choose a file…",
    location: "Location…", liveLocation: "Live location…", contact: "Contact", cancel: "Cancel", ok: "OK",
    sendLocation: "Send this location", shareLive: "Share live", standHere: "They are here", moveHere: "Move here",
    latitude: "Latitude", longitude: "Longitude", pad: "Plan: tap or use the arrow keys to move the marker",
    minutes: "For", move: "Move", stop: "Stop", liveNow: "Live location", liveEnded: "Live location ended",
    place: "Location", link: "Link", linkHint: "https://t.me/…?start=…", open: "Open", name: "First name", lastName: "Last name",
    create: "Create", caption: "Text (optional)", reply: "Reply", cancelReply: "Do not reply", pinned: "Pinned message",
    forwarded: "Forwarded from", today: "Today", yesterday: "Yesterday", you: "You", voiceNote: "Voice note", recording: "Recording the sample…",
    needsBlockSure: "The bot will not be able to write any more. Stop it?", deleteSure: "This cannot be undone. Delete the account?",
    messages: "Messages", buttons: "Buttons of the message", replyKeyboard: "Reply keyboard", commands: "Commands",
    newChat: "New chat", noBrowser: "This browser cannot make the sample.", photoWord: "Photo", videoWord: "Video",
    documentWord: "Document", contactWord: "Contact", audioWord: "Audio", animationWord: "GIF", topic: "Topic created",
  },
  pt: {
    phones: "Telefones", people: "Pessoas", search: "Buscar pessoa", language: "Idioma", add: "+ Outra pessoa",
    offline: "Sem conexão, tentando de novo…", nobody: "Escolha uma pessoa da lista para abrir o telefone dela.",
    back: "Voltar à lista", close: "Fechar este telefone", more: "Mais ações", attach: "Anexar",
    menu: "Menu", write: "Mensagem", send: "Enviar", start: "COMEÇAR", bot: "bot", typing: "digitando…",
    edited: "editada", empty: "Ainda não há mensagens.", keyboard: "Mostrar ou ocultar o teclado", phoneOf: "Telefone de",
    blocked: "Bot parado", unblock: "REINICIAR BOT", deleted: "Conta excluída", unread: "não lidas",
    block: "Parar e bloquear o bot", openLink: "Abrir um link de cadastro…", where: "Onde está…", live: "ao vivo",
    deleteAccount: "Excluir a conta do Telegram", samplePhoto: "Foto de amostra", photo: "Escolher uma foto…",
    voice: "Mensagem de voz de amostra", video: "Vídeo de amostra", document: "Documento de amostra", file: "Escolher um arquivo…",
    location: "Localização…", liveLocation: "Localização ao vivo…", contact: "Contato", cancel: "Cancelar", ok: "OK",
    sendLocation: "Enviar esta localização", shareLive: "Compartilhar ao vivo", standHere: "Está aqui", moveHere: "Mover para cá",
    latitude: "Latitude", longitude: "Longitude", pad: "Mapa: toque ou use as setas para mover o marcador",
    minutes: "Durante", move: "Mover", stop: "Parar", liveNow: "Localização ao vivo", liveEnded: "Localização ao vivo encerrada",
    place: "Localização", link: "Link", linkHint: "https://t.me/…?start=…", open: "Abrir", name: "Nome", lastName: "Sobrenome",
    create: "Criar", caption: "Texto (opcional)", reply: "Responder", cancelReply: "Não responder", pinned: "Mensagem fixada",
    forwarded: "Encaminhada de", today: "Hoje", yesterday: "Ontem", you: "Você", voiceNote: "Mensagem de voz", recording: "Gravando a amostra…",
    needsBlockSure: "O bot não poderá mais escrever. Parar?", deleteSure: "Não dá para desfazer. Excluir a conta?",
    messages: "Mensagens", buttons: "Botões da mensagem", replyKeyboard: "Teclado de respostas", commands: "Comandos",
    newChat: "Conversa nova", noBrowser: "Este navegador não consegue fazer a amostra.", photoWord: "Foto", videoWord: "Vídeo",
    documentWord: "Documento", contactWord: "Contato", audioWord: "Áudio", animationWord: "GIF", topic: "Tópico criado",
  },
};

const stored = () => { try { return localStorage.getItem("phone.language"); } catch { return null; } };
export let language = words[stored()] ? stored() : "es";

export const t = (name) => words[language][name] ?? name;

export function setLanguage(code) {
  language = code;
  try { localStorage.setItem("phone.language", code); } catch { /* private window: only for now */ }
  translate(document);
}

/** Fills the words of everything that is marked with data-word, data-label or data-hint. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const el of root.querySelectorAll("[data-word]")) el.textContent = t(el.dataset.word);
  for (const el of root.querySelectorAll("[data-label]")) el.setAttribute("aria-label", t(el.dataset.label));
  for (const el of root.querySelectorAll("[data-hint]")) el.placeholder = t(el.dataset.hint);
}

const pad = (n) => String(n).padStart(2, "0");
export const clock = (seconds) => { const d = new Date(seconds * 1000); return `${pad(d.getHours())}:${pad(d.getMinutes())}`; };

export function day(seconds) {
  const at = new Date(seconds * 1000), now = new Date();
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return at.toLocaleDateString(language, { day: "numeric", month: "long" });
}
