// The shapes in which the mock is asked and answers.
import type { IncomingMessage } from 'node:http';
import type { Problem } from '../src/api/types.ts';

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
export type Asked = {
  query: URLSearchParams;
  body: any;
  /** The first and the second group of the path's pattern. */
  id: number;
  word: string;
  action: string;
  headers: IncomingMessage['headers'];
};
export type Route = [method: string, path: RegExp, handler: (asked: Asked) => Answer];

export const ok = (body: unknown, status = 200): Answer => ({ status, body });

export class Refusal extends Error {
  constructor(readonly problem: Partial<Problem> & { status: number; code: string }) {
    super(problem.code);
  }

  get answer(): Answer {
    return { status: this.problem.status, body: { type: 'about:blank', title: '', ...this.problem } };
  }
}
