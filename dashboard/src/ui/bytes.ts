// Sizes of files in words.

/** "48 kB", "3,2 MB"; binary multiples, as the limits are. */
export function bytesText(bytes: number, language: string): string {
  const format = (n: number) => n.toLocaleString(language, { maximumFractionDigits: n < 10 ? 1 : 0 });
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${format(Math.max(1, kilo))} kB` : `${format(kilo / 1024)} MB`;
}
