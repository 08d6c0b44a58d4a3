import { answer, api } from '@/api/client';
import type { Agent } from '@/api/model';
import type { PhoneRequest } from './phone';

/** Sends a request of the phone; resolves to the agent where the server's answer says it, else to nothing. */
export async function sendRequest(request: PhoneRequest): Promise<Agent | undefined> {
  switch (request.kind) {
    case 'status':
      return answer(api.PUT('/api/v1/agent/status', { body: { status_id: request.statusId, next: request.next } }));
    case 'accept':
      return answer(api.POST('/api/v1/agent/offers/{id}/accept', { params: { path: { id: request.offerId } } }));
    case 'decline':
      return answer(api.POST('/api/v1/agent/offers/{id}/decline', { params: { path: { id: request.offerId } } }));
    case 'end':
      return answer(api.POST('/api/v1/agent/contacts/{id}/end', { params: { path: { id: request.contactId } } }));
    case 'complete':
      return answer(
        api.POST('/api/v1/agent/contacts/{id}/complete', {
          params: { path: { id: request.contactId } },
          body: { disposition_id: request.dispositionId, notes: request.notes },
        }),
      );
    case 'extend_acw':
      return answer(
        api.POST('/api/v1/agent/contacts/{id}/extend-acw', { params: { path: { id: request.contactId } } }),
      );
  }
}
