import { expect, test } from 'vitest';
import { ApiError } from '@/api/problem';
import { afterFailure } from './lineRetry';
import { MicrophoneError } from './microphone';

const refusal = (status: number) => new ApiError({ status, code: 'x', title: 'x', detail: 'x' });
const delays = (error: unknown) => [0, 1, 2, 3, 4, 5].map((tries) => afterFailure(error, tries).delayMs);

test('a server that is gone is asked again ever more slowly, then waited for', () => {
  for (const status of [0, 502, 503]) {
    expect(afterFailure(refusal(status), 0).fault).toBe('server_gone');
    expect(delays(refusal(status))).toEqual([500, 1_000, 2_000, 4_000, null, null]);
  }
});

test('audio that does not get through is tried once more', () => {
  expect(afterFailure(new Error('media does not connect'), 0)).toEqual({ fault: 'media_failed', delayMs: 500 });
  expect(afterFailure(new Error('media does not connect'), 1)).toEqual({ fault: 'media_failed', delayMs: null });
});

test('a refusal and a missing microphone are not tried again', () => {
  expect(afterFailure(refusal(409), 0)).toEqual({ fault: 'line_refused', delayMs: null });
  expect(afterFailure(new MicrophoneError('mic_denied'), 0)).toEqual({ fault: 'mic_denied', delayMs: null });
});

test('another browser that has the phone keeps it', () => {
  const error = new ApiError({ status: 409, code: 'line_elsewhere', title: 'x', detail: 'x' });
  expect(afterFailure(error, 0)).toEqual({ fault: 'elsewhere', delayMs: null });
});
