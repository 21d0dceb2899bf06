// Starts the built page against the mock server in the system's chromium.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { serve, type Mock } from '../mock/server.ts';

export const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const PATHS = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
export const executablePath = PATHS.find((path) => path !== '' && existsSync(path));
export const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Why the browser tests cannot run here; null when they can. */
export const missing =
  executablePath === undefined
    ? 'no chromium (set CHROMIUM)'
    : existsSync(`${DIST}/index.html`)
      ? null
      : 'no dist (npm run build)';

export type Stage = { mock: Mock; url: string; browser: Browser; end: () => Promise<void> };

export async function stage(): Promise<Stage> {
  const { mock, url, stop } = await serve(DIST);
  const browser = await chromium.launch({ executablePath, args: ARGS });
  return { mock, url, browser, end: async () => (await browser.close(), await stop()) };
}

export const complaints = new WeakMap<Page, string[]>();

/** A page that collects what the browser complains about (errors, refused requests, policy). */
export async function open(from: Stage, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await from.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && heard.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(from.url) && !/^(data|blob):/.test(request.url()))
      heard.push(`outside: ${request.url()}`);
  });
  return page;
}

export async function login(page: Page, url: string, path = '/') {
  await page.goto(url + path);
  await page.fill('input[name=username]', 'jefa');
  await page.fill('input[name=password]', 'una clave de prueba');
  await page.click('button[type=submit]');
  await page.getByRole('button', { name: /Cuenta de/ }).waitFor();
}
