// Calls about figures, the lists they count, estimates and reports.
import { ask, client, once } from './client';
import type { paths } from './schema';

type QueryOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;
export type CountedQuery = QueryOf<'/api/v1/stats/tasks'>;
export type AnswersQuery = QueryOf<'/api/v1/stats/answers'>;
export type SuggestionQuery = QueryOf<'/api/v1/suggestions'>;
type Days = { from: string; until: string };

/** What was done in one's scope, or in a unit. */
export const work = async ({ unit_id, ...query }: Days & { unit_id?: number }, signal?: AbortSignal) =>
  unit_id === undefined
    ? (await ask(client.GET('/api/v1/stats/overview', { params: { query }, signal }))).work
    : ask(client.GET('/api/v1/stats/units/{id}', { params: { path: { id: unit_id }, query }, signal }));

export const counted = (query: CountedQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/stats/tasks', { params: { query }, signal }));
export const answers = (query: AnswersQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/stats/answers', { params: { query }, signal }));

export const estimates = (query: QueryOf<'/api/v1/estimates'>) =>
  ask(client.GET('/api/v1/estimates', { params: { query } }));
export const suggestionCounts = (query: QueryOf<'/api/v1/suggestions/counts'>) =>
  ask(client.GET('/api/v1/suggestions/counts', { params: { query } }));
export const suggestions = (query: SuggestionQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/suggestions', { params: { query }, signal }));

/** Adds people, or leaves the task as it was planned. */
export const answerSuggestion = (id: number, yes: boolean, key: string) =>
  ask(
    client.POST(`/api/v1/suggestions/{id}/${yes ? 'accept' : 'reject'}`, {
      params: { path: { id } },
      headers: once(key),
    }),
  );

export const REPORTS = ['tasks', 'response', 'shifts'] as const;
export type ReportName = (typeof REPORTS)[number];
export const FORMATS = ['csv', 'xlsx', 'pdf'] as const;
export type ReportFormat = (typeof FORMATS)[number];

export function reportUrl(
  report: ReportName,
  format: ReportFormat,
  { from, until, unit_id }: Days & { unit_id?: number },
): string {
  const unit = unit_id === undefined ? '' : `&unit_id=${unit_id}`;
  return `/api/v1/reports/${report}.${format}?from=${from}&until=${until}${unit}`;
}
