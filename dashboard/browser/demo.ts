// A running `gad demo` of our own: its addresses, its people, and their phones.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.GAD ?? fileURLToPath(new URL('../../target/debug/gad', import.meta.url));
const READY_MS = 40_000;
const STEP_MS = 50;

export type Book = {
  base_url: string;
  phone_url: string;
  users: { username: string; password: string; level: number; permissions: string[]; name: string }[];
  agents: { agent_id: number; name: string; telegram_id: number }[];
};

export type Demo = { book: Book; stop: () => Promise<void> };

/** Waits for a condition; says what was awaited when it does not come. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  ms = 10_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`did not come within ${ms} ms: ${what}`);
    await new Promise((next) => setTimeout(next, STEP_MS));
  }
}

export async function startDemo(): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'gad-board-'));
  const child = spawn(BINARY, ['demo', '--port', '0', '--still', '--data', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GAD_LIMITS__ENABLED: 'false' },
  });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += String(text)));
  const file = join(folder, 'demo.json');
  const book = await until(
    'demo.json and a healthy server',
    async () => {
      if (child.exitCode !== null) throw new Error(`gad demo ended: ${complaints}`);
      if (!existsSync(file)) return null;
      const read = JSON.parse(readFileSync(file, 'utf8')) as Book;
      return (await fetch(`${read.base_url}/health`).catch(() => null))?.ok ? read : null;
    },
    READY_MS,
  );
  return { book, stop: () => ended(child).then(() => rmSync(folder, { recursive: true, force: true })) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(hard);
}

type Message = {
  message_id: number;
  text?: string;
  caption?: string;
  reply_markup?: { inline_keyboard?: { text: string }[][] };
};

const says = (message: Message, words: string) => (message.text ?? message.caption ?? '').includes(words);
const offers = (message: Message, label: string) =>
  message.reply_markup?.inline_keyboard?.flat().some((button) => button.text.includes(label)) ?? false;

/** One agent's Telegram. */
export class Phone {
  readonly #at: string;
  constructor(book: Book, telegramId: number) {
    this.#at = `${book.phone_url.replace(/\/$/, '')}/paper/people/${telegramId}`;
  }

  async #messages(): Promise<Message[]> {
    const answer = await fetch(`${this.#at}/chat`);
    return ((await answer.json()) as { messages: Message[] }).messages;
  }

  async act(what: Record<string, unknown>) {
    const answer = await fetch(`${this.#at}/act`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(what),
    });
    if (!answer.ok) throw new Error(`the phone refused ${JSON.stringify(what)}: ${await answer.text()}`);
  }

  /** Waits for the button on a message with this text, and taps it. */
  async taps(label: string, onMessageWith: string) {
    const message = await until(`the button ${label} on ${onMessageWith}`, async () =>
      (await this.#messages()).findLast((one) => says(one, onMessageWith) && offers(one, label)),
    );
    await this.act({ do: 'taps', label, message_id: message.message_id });
  }
}
