/** A duration as a clock: `0:07`, `12:30`, `1:02:03`; negative counts as zero, parts of a second are dropped. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}:${seconds}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
}

/** A duration as a clock with tenths of a second: `0:07.9`; what is less than a tenth is dropped. */
export function clockTenths(ms: number): string {
  const tenths = Math.max(0, Math.floor(ms / 100));
  return `${clock(ms)}.${tenths % 10}`;
}

/** A countdown as a clock: like `clock`, but a begun second counts, so that it ends at `0:00` and not before. */
export function countdown(ms: number): string {
  return clock(Math.ceil(Math.max(0, ms) / 1000) * 1000);
}

/** A duration in words for a sentence: `45 s`, `2 min 5 s`, `1 h 3 min`. */
export function inWords(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return total % 60 ? `${minutes} min ${total % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

/** A duration in words to the second, as a bill wants it: `13 h 30 min 20 s`. */
export function exactly(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const parts = [hours && `${count(hours)} h`, minutes && `${minutes} min`, seconds && `${seconds} s`].filter(Boolean);
  return parts.join(' ') || '0 s';
}

/**
 * A phone number in readable groups where the country's are known; what is not plain E.164 (masked, SIP address) stays as
 * it is, null is anonymous.
 */
export function phoneNumber(e164: string | null | undefined): string {
  if (!e164) return 'Anonymous';
  const digits = /^\+(\d{7,15})$/.exec(e164)?.[1];
  if (!digits) return e164;
  if (digits.startsWith('1') && digits.length === 11) {
    return `+1 ${digits.slice(1, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`;
  }
  // Elsewhere the area code's length differs from place to place: no groups are better than wrong ones.
  const country = /^(7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/.exec(digits)?.[0] ?? '';
  return `+${country} ${digits.slice(country.length)}`;
}

type Direction = 'inbound' | 'outbound';
/** Which number called which: of a contact, or of what an agent has in hand. */
type Call = { direction: Direction; test: boolean } & (
  | { from: string | null; to: string | null }
  | { caller: string | null; called: string | null }
);

/** Who the contact is with: the number in readable groups, or what a customer without one is. */
export function customerName(call: Call): string {
  const [from, to] = ends(call);
  if (call.direction === 'outbound') return to === null ? 'Number not kept' : phoneNumber(to);
  return from === null && call.test ? 'Test caller' : phoneNumber(from);
}

/** The number of ours that was called or called, and which of both. */
export function ownNumber(call: Call): string {
  const [from, to] = ends(call);
  return call.direction === 'outbound' ? `called from ${phoneNumber(from)}` : `called ${phoneNumber(to)}`;
}

function ends(call: Call): [from: string | null, to: string | null] {
  return 'from' in call ? [call.from, call.to] : [call.caller, call.called];
}

/** A date and time in the given zone, seconds included. */
export function dateTime(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    new Date(iso),
  );
}

/** A date and time in the given zone to the minute, without the year. */
export function shortTime(iso: string, timeZone?: string): string {
  const fields = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat(undefined, { ...fields, timeZone }).format(new Date(iso));
}

/** A date in the given zone. */
export function day(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone }).format(new Date(iso));
}

/** A time of day in the given zone, seconds included. */
export function timeOfDay(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', timeZone }).format(new Date(iso));
}

/** A whole number with group separators. */
export function count(value: number): string {
  return new Intl.NumberFormat().format(value);
}

/** A name of the API as words: `customer_hung_up` becomes `Customer hung up`. */
export function words(name: string): string {
  const spaced = name.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The name of a country by its two letters, in the browser's language. */
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The city of an IANA time zone: `America/New_York` becomes `New York`. */
export function zoneCity(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
}
