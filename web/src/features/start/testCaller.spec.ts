import { beforeEach, expect, test, vi } from 'vitest';
import { api } from '@/api/client';
import { connects, openPeer } from '@/media/peer';
import { TestCaller } from './testCaller';

vi.mock('@/media/peer', () => ({ AUDIO_BLOCKED: 'blocked', connects: vi.fn(), openPeer: vi.fn() }));
vi.mock('@/api/client', () => ({ api: { POST: vi.fn(), DELETE: vi.fn() }, answer: (request: unknown) => request }));
vi.mock('./callerVoice', () => ({
  CallerVoice: class {
    start() {}
    stop() {}
  },
}));

const connection = { close: vi.fn() };
const ended = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(api.POST).mockResolvedValue({ contact_id: 'cnt_1', sdp: '' } as never);
  vi.mocked(api.DELETE).mockResolvedValue({} as never);
  vi.mocked(openPeer).mockImplementation(async (_, negotiate) => {
    await negotiate('');
    return { connection, remote: null } as never;
  });
  vi.mocked(connects).mockResolvedValue(true);
});

test('a call comes to stand', async () => {
  expect(await new TestCaller(ended).call()).toEqual({ contactId: 'cnt_1', heard: null });
  expect(ended).not.toHaveBeenCalled();
});

test.each<[string, (hangUp: () => void) => void]>([
  [
    'while the server answers',
    (hangUp) =>
      vi.mocked(api.POST).mockImplementation((async () => {
        hangUp();
        return { contact_id: 'cnt_1', sdp: '' };
      }) as never),
  ],
  [
    'while audio comes to stand',
    (hangUp) =>
      vi.mocked(connects).mockImplementation(async () => {
        hangUp();
        return true;
      }),
  ],
])('a caller who hangs up %s leaves no call behind', async (_, arrange) => {
  const caller = new TestCaller(ended);
  arrange(() => caller.hangUp());
  expect(await caller.call()).toBeNull();
  expect(api.DELETE).toHaveBeenCalledOnce();
  expect(ended).toHaveBeenCalledOnce();
});

test('a call without audio is ended, and says why', async () => {
  vi.mocked(connects).mockResolvedValue(false);
  await expect(new TestCaller(ended).call()).rejects.toThrow('blocked');
  expect(api.DELETE).toHaveBeenCalledOnce();
  expect(connection.close).toHaveBeenCalled();
});
