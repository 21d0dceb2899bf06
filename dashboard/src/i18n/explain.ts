// What a failure means for the person and what to do about it.
import type { ApiError } from '../api/problem';
import type { Conflict, FieldError } from '../api/types';
import { span } from '../time/words';
import { known, t } from './words.svelte';

export function explain(error: ApiError): string {
  if (error.offline) return t('error.offline');
  if (error.status === 403) return error.detail || t('error.forbidden');
  if (error.status === 404) return t('error.missing');
  if (error.status === 412) return t('error.stale');
  if (error.status === 413) return t('error.tooLarge');
  if (error.status === 429) return error.detail || t('error.slow', { wait: waitText(error) });
  if (error.status === 503) return t('error.away', { wait: waitText(error) });
  if (error.status >= 500 || error.status < 0) return t('error.server');
  return error.detail || t('error.server');
}

export const waitText = (error: ApiError): string => {
  const seconds = error.retryAfter ?? 10;
  return seconds < 60 ? `${Math.ceil(seconds)} s` : span(Math.ceil(seconds / 60) * 60_000);
};

/** In our words where the code is known, else in the server's, which are for programmers. */
export const faultText = ({ code, message }: FieldError): string => known(`fault.${code}`) ?? message;

/** What stands beside a field of a form. */
export function beside(error: ApiError | null, field: string): string | undefined {
  const fault = error?.field(field);
  return fault && faultText(fault);
}

/** Who stands against it, and why. */
export const conflictText = ({ name, kind, message, reason }: Conflict): string => {
  const why = known(`conflict.${kind}`) ?? message;
  return [name, reason ? `${why} (${reason})` : why].filter(Boolean).join(': ');
};
