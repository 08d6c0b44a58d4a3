import type { components } from './schema';

type WireProblem = components['schemas']['Problem'];

/** What a failed request says: the fields of an RFC 9457 problem which the console uses. */
export type Problem = Pick<WireProblem, 'status' | 'code' | 'title' | 'detail'> & { errors?: Record<string, string> };

/** A request that failed, with the problem the server gave or one we made for it. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.detail, { cause });
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** Reads a problem document; a body that is none becomes a problem with the code `http_<status>`. */
export function asProblem(body: unknown, status: number): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    const wire = body as WireProblem;
    return {
      status,
      code: String(wire.code),
      title: String(wire.title ?? 'The request failed'),
      detail: String(wire.detail),
      errors: wire.errors ?? undefined,
    };
  }
  return {
    status,
    code: `http_${status}`,
    title: 'The request failed',
    detail:
      status >= 500
        ? 'The server could not answer. Try again in a moment.'
        : `The server refused the request (${status}).`,
  };
}

/** One sentence for a person about any thrown value. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.problem.detail;
  return error instanceof Error ? error.message : 'Something went wrong.';
}

/** The sentences by form field; empty when the error is about no field. */
export function fieldErrors(error: unknown): Record<string, string> {
  return error instanceof ApiError ? (error.problem.errors ?? {}) : {};
}

/** Whether the error is a problem with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.problem.code === code;
}
