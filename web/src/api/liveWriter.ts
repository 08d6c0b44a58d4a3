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

/**
 * Writes what the live socket says into the query cache: replaces what a frame carries whole, and has asked anew what it
 * only touches.
 */
export class LiveWriter {
  readonly #client: QueryClient;
  readonly #lists: Throttle;
  readonly #sums: Throttle;
  #began = false;

  constructor(client: QueryClient) {
    this.#client = client;
    this.#lists = new Throttle(() => this.#askListAnew(), LISTS_EVERY_MS);
    this.#sums = new Throttle(() => this.#askAnew(['usage']), SUMS_EVERY_MS);
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
    if (message.type === 'snapshot' || message.type === 'agent') this.#takeAgent(message.agent);
    if (message.type === 'snapshot') this.#takeBeginning();
    if (message.type === 'live_contact') this.#touch(message.contact.id);
    if (message.type === 'live_contact_ended') {
      this.#touch(message.contact_id);
      this.#sums.wish();
    }
  }

  /** Only administrators are told of contacts: for an agent, what happens to the one in hand shows in the agent. */
  #takeAgent(agent: Agent | null) {
    const before = this.#client.getQueryData(agentQuery.queryKey);
    this.#client.setQueryData(agentQuery.queryKey, agent);
    const inHand = [before, agent].map((each) => each?.contact?.id ?? each?.offer?.contact_id);
    for (const id of new Set(inHand)) if (id) this.#touch(id);
  }

  /** A snapshot that is not the first one follows a time in which contacts moved unseen. */
  #takeBeginning() {
    if (this.#began) this.#askAnew(['contacts']);
    this.#began = true;
  }

  #touch(contactId: string) {
    this.#askAnew(contactQuery(contactId).queryKey);
    this.#lists.wish();
  }

  /** Asking anew would break off the older page that somebody has just asked for: that one comes first. */
  #askListAnew() {
    const list = this.#client.getQueryState(contactsQuery.queryKey);
    if (list?.fetchStatus === 'fetching' && list.fetchMeta?.fetchMore) this.#lists.wish();
    else this.#askAnew(contactsQuery.queryKey);
  }

  #askAnew(queryKey: readonly unknown[]) {
    void this.#client.invalidateQueries({ queryKey });
  }
}
