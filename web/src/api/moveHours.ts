import { answer, api } from './client';

/** Lets all hours of operation follow another clock; their periods stay as they read. */
export async function moveHours(timeZone: string): Promise<void> {
  const { items } = await answer(api.GET('/api/v1/hours-of-operation'));
  for (const { id } of items) {
    const params = { path: { id } };
    await answer(api.PATCH('/api/v1/hours-of-operation/{id}', { params, body: { time_zone: timeZone } }));
  }
}
