// A running `gad demo` of our own: its addresses and its people.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.GAD ?? fileURLToPath(new URL('../../target/debug/gad', import.meta.url));
const READY_MS = 40_000;
const STOP_MS = 15_000;

export type Book = {
  base_url: string;
  phone_url: string;
  users: { username: string; password: string; level: number; permissions: string[]; name: string }[];
  agents: { agent_id: number; name: string; telegram_id: number }[];
};

export type Demo = { book: Book; stop: () => Promise<void> };

export async function startDemo(): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'gad-board-'));
  const child = spawn(BINARY, ['demo', '--port', '0', '--still', '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GAD_LIMITS__ENABLED: 'false' },
  });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += String(text)));
  if (!(await saysReady(child.stdout))) throw new Error(`gad demo did not get ready: ${complaints}`);
  const book = JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as Book;
  return { book, stop: () => ended(child).then(() => rmSync(folder, { recursive: true, force: true })) };
}

/** Reads until the line that says so; false when the program ends, or takes too long, without it. */
async function saysReady(out: Readable): Promise<boolean> {
  const lines = createInterface({ input: out, signal: AbortSignal.timeout(READY_MS) });
  for await (const line of lines) {
    if (!line.startsWith('ready')) continue;
    out.resume();
    return true;
  }
  return false;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(hard);
}
