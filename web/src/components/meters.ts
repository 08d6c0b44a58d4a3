import { words } from './format';

const names: Record<string, string> = {
  inbound_trunk_seconds: 'Calls from customers',
  outbound_trunk_seconds: 'Calls to customers',
  agent_browser_seconds: 'Agents in the browser',
  customer_browser_seconds: 'Callers in the browser',
};

/** What a meter measures, for people; of one we do not know, its name. */
export function meterName(meter: string): string {
  return names[meter] ?? words(meter);
}
