import { ApiError, hasCode } from '@/api/problem';
import { MicrophoneError } from './microphone';
import type { Fault } from './phone';

/** A server that is gone may come back; where audio does not get through, more than one more try changes nothing. */
const RETRY_MS = { server_gone: [500, 1_000, 2_000, 4_000], media_failed: [500] };

/** Why a line could not be opened: a fault, or that another browser has the phone. */
type Failure = { fault: Fault | 'elsewhere'; delayMs: number | null };

/** Why a line could not be opened, and after what delay in ms it is tried again; null when it is not. */
export function afterFailure(error: unknown, triesBefore: number): Failure {
  if (hasCode(error, 'line_elsewhere')) return { fault: 'elsewhere', delayMs: null };
  if (error instanceof MicrophoneError) return { fault: error.fault, delayMs: null };
  const status = error instanceof ApiError ? error.problem.status : null;
  if (status !== null && status >= 400 && status < 500) return { fault: 'line_refused', delayMs: null };
  const fault = status === null ? 'media_failed' : 'server_gone';
  return { fault, delayMs: RETRY_MS[fault][triesBefore] ?? null };
}
