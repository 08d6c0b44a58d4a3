import type { HoursOfOperation, OpenPeriod } from '@/api/model';

/** What the wizard offers as hours; `own` is anything else that was set before. */
export type HoursChoice = 'always' | 'weekdays' | 'own';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
const weekdays: OpenPeriod[] = WEEKDAYS.map((day) => ({ day, opens: '09:00', closes: '17:00' }));

/** Which choice the present hours are. */
export function hoursChoiceOf(hours: HoursOfOperation | undefined): HoursChoice {
  if (!hours || hours.always_open) return 'always';
  return isWeekdays(hours.periods) ? 'weekdays' : 'own';
}

/** What to change for a choice; null when nothing is to change. */
export function hoursPatch(choice: HoursChoice | null, present: HoursOfOperation | undefined) {
  if (choice === null || choice === 'own' || choice === hoursChoiceOf(present)) return null;
  return choice === 'always' ? { always_open: true } : { always_open: false, periods: weekdays };
}

function isWeekdays(periods: OpenPeriod[]): boolean {
  return (
    periods.length === weekdays.length &&
    weekdays.every((day) =>
      periods.some((period) => period.day === day.day && period.opens === day.opens && period.closes === day.closes),
    )
  );
}
