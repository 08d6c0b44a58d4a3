import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, asProblem } from './problem';
import type { paths } from './schema';

/** A request without an answer for so long has failed; the test of a mail server takes longest. */
const REQUEST_MS_MAX = 30_000;

let csrfToken = '';
let onSignedOut: () => void = () => {};

/** Sets the token which every later writing request carries. */
export function setCsrfToken(token: string) {
  csrfToken = token;
}

/** Sets what happens when a request finds that the session is over. */
export function setOnSignedOut(listener: () => void) {
  onSignedOut = listener;
}

const session: Middleware = {
  onRequest({ request }) {
    if (csrfToken && request.method !== 'GET') request.headers.set('x-csrf-token', csrfToken);
    return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(REQUEST_MS_MAX)]) });
  },
  async onResponse({ request, response }) {
    if (response.status === 401 && request.method !== 'GET' && !request.url.endsWith('/session')) onSignedOut();
    return response;
  },
};

/** The one client of the API, typed from `openapi.json`. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
api.use(session);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Returns the body of a good answer; throws an `ApiError` for every other, a dead network included. */
export async function answer<T>(request: Promise<Answer<T>>): Promise<T> {
  const result = await request.catch((cause: unknown) => {
    throw new ApiError(
      {
        status: 0,
        code: 'network',
        title: 'No connection',
        detail: 'The server cannot be reached. Check the connection.',
      },
      cause,
    );
  });
  if (result.response.ok) return result.data as T;
  throw new ApiError(asProblem(result.error, result.response.status));
}
