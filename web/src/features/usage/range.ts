/** A span of days, both included, each as `2026-11-23`. */
export type Range = { from: string; to: string };

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** The month which it is at `nowMs` in a time zone, or one so many months before or after it. */
export function monthAt(nowMs: number, timeZone: string, offset = 0): Range {
  const parts = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'numeric', timeZone }).formatToParts(nowMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((each) => each.type === type)?.value);
  const month = part('month') - 1 + offset;
  const iso = (day: number, inMonth: number) =>
    new Date(Date.UTC(part('year'), inMonth, day)).toISOString().slice(0, 10);
  return { from: iso(1, month), to: iso(0, month + 1) };
}

/** What is wrong with a span of days, by the server's rule; null when nothing is. */
export function rangeFault({ from, to }: Range): string | null {
  if (!from || !to) return 'Enter both days.';
  if (from > to) return 'The last day must not be before the first.';
  return (Date.parse(to) - Date.parse(from)) / DAY_MS < DAYS_MAX ? null : `Choose at most ${DAYS_MAX} days.`;
}

/** A span of days as people write it: `Nov 1 – 30, 2026`. */
export function rangeInWords({ from, to }: Range): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(
    new Date(from),
    new Date(to),
  );
}
