// What a browser says of itself, in as few words as tell it from another.
type Rule = [pattern: RegExp, name: string];

/** The first that fits counts: most browsers also name those they imitate. */
const BROWSERS: Rule[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: Rule[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const first = (rules: Rule[], text: string) => rules.find(([pattern]) => pattern.test(text))?.[1];

/** "Chrome · Android"; a program's own name when it is no browser; null when it said nothing. */
export function deviceOf(agent: string | null | undefined): string | null {
  if (!agent) return null;
  const known = [first(BROWSERS, agent), first(SYSTEMS, agent)].filter(Boolean).join(' · ');
  return known || (agent.split(/[\s/]/)[0] ?? null);
}
