import type { LiveMessage, LiveSnapshot } from './model';

/** The live view after a message; the same object when the message does not touch it. Unknown messages do not. */
export function foldLive(view: LiveSnapshot | undefined, message: LiveMessage): LiveSnapshot | undefined {
  if (message.type === 'snapshot') {
    const { type: _, ...snapshot } = message;
    return snapshot;
  }
  if (!view) return view;
  switch (message.type) {
    case 'live_queue':
      return { ...view, queues: put(view.queues, message.queue, (queue) => queue.queue.id) };
    case 'live_agent':
      return { ...view, agents: put(view.agents, message.agent, (agent) => agent.agent.id) };
    case 'live_contact':
      return { ...view, contacts: put(view.contacts, message.contact, (contact) => contact.id) };
    case 'live_contact_ended':
      return { ...view, contacts: view.contacts.filter((contact) => contact.id !== message.contact_id) };
    case 'simulated_callers':
      return { ...view, simulated_contact_count: message.simulated_contact_count };
    case 'first_call':
      return { ...view, first_call: message.first_call };
    default:
      return view;
  }
}

function put<T>(list: T[], item: T, idOf: (item: T) => string): T[] {
  const id = idOf(item);
  const at = list.findIndex((each) => idOf(each) === id);
  return at < 0 ? [...list, item] : list.with(at, item);
}
