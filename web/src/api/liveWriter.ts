import type { QueryClient } from '@tanstack/react-query';
import { serverClock } from './clock';
import { foldLive } from './liveFold';
import type { Agent, LiveMessage } from './model';
import { agentQuery, contactQuery, contactsQuery, liveQuery, meQuery } from './queries';
import { Throttle } from './throttle';

/** A busy contact center moves contacts many times a second: lists follow at this pace. */
const LISTS_EVERY_MS = 2_000;
/** Sums over a month cost the server more. */
const SUMS_EVERY_MS = 10_000;

const usageKey = ['usage'];

/**
 * Writes what the live socket says into the query cache: replaces what a frame carries whole, and has asked anew what it
 * only touches.
 */
export class LiveWriter {
  readonly #client: QueryClient;
  readonly #lists: Throttle;
  readonly #sums: Throttle;
  readonly #agentListeners = new Set<(agent: Agent) => void>();
  #began = false;

  constructor(client: QueryClient) {
    this.#client = client;
    this.#lists = new Throttle(() => this.#askInTurn(contactsQuery.queryKey, this.#lists), LISTS_EVERY_MS);
    this.#sums = new Throttle(() => this.#askInTurn(usageKey, this.#sums), SUMS_EVERY_MS);
  }

  stop() {
    this.#lists.stop();
    this.#sums.stop();
  }

  write(message: LiveMessage) {
    const client = this.#client;
    if ('server_time' in message) serverClock.observe(message.server_time, Date.now());
    if (message.type === 'snapshot') {
      // A first paint by REST that is still under way is older than what the socket says.
      void client.cancelQueries({ queryKey: liveQuery.queryKey }, { revert: false });
      void client.cancelQueries({ queryKey: agentQuery.queryKey }, { revert: false });
    }
    client.setQueryData(liveQuery.queryKey, (view) => foldLive(view, message));
    if (message.type === 'snapshot' || message.type === 'first_call') {
      client.setQueryData(meQuery.queryKey, (me) => me && { ...me, first_call: message.first_call });
    }
    if (message.type === 'snapshot' || message.type === 'agent') this.takeAgent(message.agent);
    if (message.type === 'snapshot') this.#takeBeginning();
    if (message.type === 'live_contact') this.#touch(message.contact.id);
    if (message.type === 'live_contact_ended') {
      this.#touch(message.contact_id);
      this.#sums.wish();
    }
  }

  /**
   * Takes in the agent as the server says it, in a frame or in an answer. The two travel on different ways: what was said
   * earlier does not undo what was said later.
   */
  takeAgent(agent: Agent | null) {
    const before = this.#client.getQueryData(agentQuery.queryKey);
    if (agent && before && isOlder(agent, before)) return;
    const known = this.#client.setQueryData(agentQuery.queryKey, agent);
    // Only administrators are told of contacts: for an agent, what happens to the one in hand shows in the agent.
    const inHand = [before, agent].map((each) => each?.contact?.id ?? each?.offer?.contact_id);
    for (const id of new Set(inHand)) if (id) this.#touch(id);
    if (known) for (const listener of this.#agentListeners) listener(known);
  }

  /** Tells of each agent that was taken in, at once: what renders from the cache is late in a hidden tab. */
  subscribeAgent(listener: (agent: Agent) => void): () => void {
    this.#agentListeners.add(listener);
    return () => this.#agentListeners.delete(listener);
  }

  /** A snapshot that is not the first one follows a time in which contacts moved and ended unseen. */
  #takeBeginning() {
    if (this.#began) {
      this.#askAnew(['contacts']);
      this.#askAnew(usageKey);
    }
    this.#began = true;
  }

  #touch(contactId: string) {
    this.#askAnew(contactQuery(contactId).queryKey);
    this.#lists.wish();
  }

  /** Asking anew would break off what is on its way, an older page as well as a slow answer: that one comes first. */
  #askInTurn(queryKey: readonly unknown[], throttle: Throttle) {
    if (this.#client.isFetching({ queryKey }) > 0) throttle.wish();
    else this.#askAnew(queryKey);
  }

  #askAnew(queryKey: readonly unknown[]) {
    void this.#client.invalidateQueries({ queryKey });
  }
}

function isOlder(one: Agent, other: Agent): boolean {
  return Date.parse(one.server_time) < Date.parse(other.server_time);
}
