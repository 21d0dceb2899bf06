// Turns every way a request can fail into one error the pages can explain.
import type { Conflict, FieldError, Problem } from './types';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly conflicts: Conflict[] = [],
    readonly retryAfter: number | null = null,
    readonly state: string | null = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }

  /** Nothing answered: no network, or the server is away. */
  get offline(): boolean {
    return this.status === 0;
  }

  /** Whether it was done is not known, or it may be done by asking again: the same may be repeated. */
  get undecided(): boolean {
    return this.status <= 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  get needsReason(): boolean {
    return this.code === 'needs_reason';
  }

  /** Somebody else was faster: what is on the screen is old. */
  get stale(): boolean {
    return this.status === 412 || (this.status === 409 && !this.needsReason);
  }

  /** What is wrong with a field, or with something inside it. */
  field(name: string): FieldError | undefined {
    return this.errors.find((e) => e.field === name || e.field.split(/[.[/]/)[0] === name);
  }
}

/** The conflict to ask about after an answer: a new one, or the same as long as nothing is decided. */
export const stillAsked = (asked: ApiError | null, error: ApiError | null): ApiError | null =>
  error?.needsReason ? error : error?.undecided ? asked : null;

export const offlineError = () => new ApiError(0, 'offline', '');

export function fromProblem(body: Partial<Problem> | undefined, response: Response): ApiError {
  return new ApiError(
    response.status,
    body?.code ?? '',
    body?.detail ?? body?.title ?? '',
    body?.errors ?? [],
    body?.conflicts ?? [],
    retryAfterSeconds(response.headers.get('Retry-After')),
    body?.state ?? null,
  );
}

/** `Retry-After` is either seconds or an HTTP date. */
export function retryAfterSeconds(header: string | null, now = Date.now()): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}

export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(-1, 'unexpected', error instanceof Error ? error.message : '');
