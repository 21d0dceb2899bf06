// How long work usually takes, by kind and band, with a place for what nobody knows yet; and the suggestions that rest on it.
import type { Band, Estimate, SuggestionCounts, SuggestionStatus, TaskKind } from '../api/types';
import { periodQuery, type Period } from './period';

export const BANDS = ['day', 'night', 'all'] as const satisfies readonly Band[];
export const ANSWERS = ['accepted', 'rejected', 'offered'] as const satisfies readonly SuggestionStatus[];

export type EstimateRow = { kind: string; label: string; bands: Record<Band, Estimate | null> };

/** Every kind of the catalogue, and those that left it but are known; the catalogue's order, then the others. */
export function rowsOf(kinds: TaskKind[], estimates: Estimate[]): EstimateRow[] {
  const others = estimates.map(({ kind }) => kind).filter((code) => kinds.every((one) => one.code !== code));
  const named = [
    ...kinds.map(({ code, label }) => ({ kind: code, label })),
    ...[...new Set(others)].map((code) => ({ kind: code, label: code })),
  ];
  const known = (kind: string, band: Band) =>
    estimates.find((one) => one.kind === kind && one.band === band) ?? null;
  return named.map(({ kind, label }) => ({
    kind,
    label,
    bands: { day: known(kind, 'day'), night: known(kind, 'night'), all: known(kind, 'all') },
  }));
}

export const measuredHref = (kind: string, band: Band): string =>
  `/numbers/tasks?kind=${encodeURIComponent(kind)}&measured=${band}`;

export const suggestionsHref = (status: SuggestionStatus, kind: string, period: Period): string =>
  `/numbers/suggestions?status=${status}${kind === '' ? '' : `&kind=${encodeURIComponent(kind)}`}&${periodQuery(period)}`;

/** Over all kinds. */
export const totalOf = (counts: SuggestionCounts[]): Record<SuggestionStatus, number> => ({
  offered: counts.reduce((sum, one) => sum + one.offered, 0),
  accepted: counts.reduce((sum, one) => sum + one.accepted, 0),
  rejected: counts.reduce((sum, one) => sum + one.rejected, 0),
});
