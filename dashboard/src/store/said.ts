// What whoever called for help has said since, out of the story of the task of the call.
import type { Emergency, TimelineEntry } from '../api/types';

/** His words and files, the newest first; of an account, because two people may have one name. */
export const saidBy = (entries: TimelineEntry[], caller: number | null | undefined): TimelineEntry[] =>
  entries
    .filter(({ kind, actor }) => kind === 'report' && caller != null && actor?.id === caller)
    .filter(({ text, attachments }) => text?.trim() || attachments.length > 0)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));

/** With what he called: the text of the emergency without what he said since, which was heard in the order of that text. */
export function calledWith({ text }: Emergency, said: TimelineEntry[]): string {
  let words = text ?? '';
  const since = said.flatMap((one) => one.text?.trim() || []);
  for (;;) {
    const last = since.find((own) => words === own || words.endsWith(`\n${own}`));
    if (last === undefined) return words;
    words = words.slice(0, -last.length - 1);
    since.splice(since.indexOf(last), 1);
  }
}
