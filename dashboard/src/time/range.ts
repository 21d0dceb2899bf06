// A span between two instants in words, without saying a day twice.
export function rangeText(from: string, to: string, zone: string, language: string): string {
  const format = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.formatRange(Date.parse(from), Date.parse(to));
}
