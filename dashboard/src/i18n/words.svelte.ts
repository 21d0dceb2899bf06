// The chosen language and its words; Spanish is built in, the others are fetched when chosen.
import { es } from '../locales/es';

export type Key = keyof typeof es;
export type Dictionary = Record<Key, string>;
export const LANGUAGES = ['es', 'en', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Params = Record<string, string | number>;

const loaders: Record<Language, () => Promise<Dictionary>> = {
  es: async () => es,
  en: async () => (await import('../locales/en')).en,
  pt: async () => (await import('../locales/pt')).pt,
};
const STORED = 'gad.language';

class Words {
  language = $state<Language>('es');
  dictionary = $state.raw<Dictionary>(es);

  async choose(language: Language) {
    this.dictionary = await loaders[language]();
    this.language = language;
    document.documentElement.lang = language;
    localStorage.setItem(STORED, language);
  }

  async restore() {
    const stored = LANGUAGES.find((l) => l === localStorage.getItem(STORED));
    if (stored && stored !== 'es') await this.choose(stored);
  }
}

export const words = new Words();

export const fill = (text: string, params: Params): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));

export function t(key: Key, params?: Params): string {
  const text = words.dictionary[key];
  return params ? fill(text, params) : text;
}

/** Words with a number: the two forms stand as "one | many" in the dictionary. */
export function tn(key: Key, n: number, params: Params = {}): string {
  const [one = '', many = one] = words.dictionary[key].split(' | ');
  return fill(n === 1 ? one : many, { n, ...params });
}

/** For values the server may extend (states, timeline kinds): null when we have no word. */
export function known(key: string): string | null {
  return key in words.dictionary ? words.dictionary[key as Key] : null;
}
