// Every sentence exists in the three languages with the same placeholders and forms.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { en } from '../src/locales/en';
import { es } from '../src/locales/es';
import { pt } from '../src/locales/pt';

const SOURCE = new URL('../src', import.meta.url).pathname;
const holes = (text: string) =>
  [...text.matchAll(/\{\w+\}/g)]
    .map(([hole]) => hole)
    .sort()
    .join(' ');
const forms = (text: string) => text.split(' | ').length;

it.each([
  ['en', en],
  ['pt', pt],
])('%s is complete', (_, words) => {
  expect(Object.keys(words)).toEqual(Object.keys(es));
  for (const [key, text] of Object.entries(es)) {
    const other = words[key as keyof typeof es];
    expect(other.trim(), key).not.toBe('');
    expect([key, holes(other), forms(other)]).toEqual([key, holes(text), forms(text)]);
  }
});

it('says the words other people look for', () => {
  expect([es['link.lost'], es['nav.map']]).toEqual(['Sin conexión, reintentando', 'Mapa']);
});

it('has no Spanish outside the dictionaries', () => {
  const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('locales'),
  );
  const spanish = sources.filter((name) => /[áéíóúñ¿¡]/i.test(readFileSync(join(SOURCE, name), 'utf8')));
  expect(spanish).toEqual([]);
});
