// One agent's Telegram: what stands in the chat, and taps on it.
import type { Book } from './demo.ts';

const PATIENCE_MS = 10_000;

type Message = {
  message_id: number;
  text?: string;
  caption?: string;
  reply_markup?: { inline_keyboard?: { text: string }[][] };
};

const says = (message: Message, words: string) => (message.text ?? message.caption ?? '').includes(words);
const offers = (message: Message, label: string) =>
  message.reply_markup?.inline_keyboard?.flat().some((button) => button.text.includes(label)) ?? false;

export class Phone {
  readonly #paper: string;
  readonly #at: string;

  constructor(book: Book, telegramId: number) {
    this.#paper = `${book.phone_url.replace(/\/$/, '')}/paper`;
    this.#at = `${this.#paper}/people/${telegramId}`;
  }

  /** Waits for the button on a message with this text, and taps it. */
  async taps(label: string, onMessageWith: string) {
    const message = await this.#until(`the button ${label} on ${onMessageWith}`, (messages) =>
      messages.findLast((one) => says(one, onMessageWith) && offers(one, label)),
    );
    await this.act({ do: 'taps', label, message_id: message.message_id });
  }

  async act(what: Record<string, unknown>) {
    const answer = await fetch(`${this.#at}/act`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(what),
    });
    if (!answer.ok) throw new Error(`the phone refused ${JSON.stringify(what)}: ${await answer.text()}`);
  }

  async #messages(): Promise<Message[]> {
    const answer = await fetch(`${this.#at}/chat`);
    return ((await answer.json()) as { messages: Message[] }).messages;
  }

  /** Looks at the chat now and after every change; listens before the first look, so that none is missed. */
  async #until<T>(what: string, look: (messages: Message[]) => T | undefined): Promise<T> {
    const ear = new AbortController();
    const deadline = setTimeout(() => ear.abort(), PATIENCE_MS);
    try {
      const changes = (await fetch(`${this.#paper}/events`, { signal: ear.signal })).body?.getReader();
      const found = look(await this.#messages());
      if (found !== undefined) return found;
      while (changes && !(await changes.read()).done) {
        const later = look(await this.#messages());
        if (later !== undefined) return later;
      }
      throw new Error('the stream of changes ended');
    } catch (error) {
      throw new Error(`did not come: ${what}`, { cause: error });
    } finally {
      clearTimeout(deadline);
      ear.abort();
    }
  }
}
